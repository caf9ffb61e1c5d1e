import { TributaryError } from './problem.ts';

/** Content does not follow the schema of its stream. */
export class EventSchemaMismatchError extends TributaryError {
  readonly code = 'event-schema-mismatch';
  readonly title = 'The content does not follow the schema';
  /** JSON pointer (RFC 6901) to what does not fit; empty for the whole. */
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`Correct the content at ${path === '' ? 'its top' : path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

/** The schema is none. */
export class SchemaInvalidError extends TributaryError {
  readonly code = 'schema-invalid';
  readonly title = 'The schema is not valid';
}
