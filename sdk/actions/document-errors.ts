import { TributaryError } from '../protocol/problem.ts';

/** A document is larger than one block. */
export class DocumentTooLargeError extends TributaryError {
  readonly code = 'document-too-large';
  readonly title = 'The document is too large';
  override readonly status = 413;

  constructor(size: number, limit: number) {
    super(`The document has ${String(size)} bytes; at most ${String(limit)} are possible. Shorten it.`);
  }
}

/** What came is not what the hash promises. */
export class DocumentMismatchError extends TributaryError {
  readonly code = 'document-mismatch';
  readonly title = 'The document is not the one that was promised';
  override readonly status = 502;

  constructor(expected: string, actual: string) {
    super(`Expected the document ${expected} and got ${actual}. Do not rely on it; try another gateway.`);
  }
}

/** Nobody who was asked has the document. */
export class DocumentMissingError extends TributaryError {
  readonly code = 'document-missing';
  readonly title = 'The document cannot be found';
  override readonly status = 404;

  constructor(cid: string) {
    super(`The market does not have the document ${cid}. Its seller has to publish it again.`);
  }
}

/** The document is there and is not what it should be. */
export class DocumentInvalidError extends TributaryError {
  readonly code = 'document-invalid';
  readonly title = 'The document is not valid';

  constructor(fault: string) {
    super(`The product document is not valid: ${fault}.`);
  }
}
