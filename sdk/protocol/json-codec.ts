import { Validator } from '@cfworker/json-schema';
import { utf8 } from './binary.ts';
import type { ContentCodec } from './content-codec.ts';
import { EventSchemaMismatchError, SchemaInvalidError } from './schema-errors.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** JSON that follows a JSON Schema (2020-12). The validator interprets: pages forbid code that is made at run time. */
export function jsonCodec(document: Uint8Array): Omit<ContentCodec, 'contentType'> {
  const schema = parse(document, (reason) => new SchemaInvalidError(`Give a JSON Schema: ${reason}`));
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new SchemaInvalidError('Give a JSON Schema: an object.');
  }
  const validator = new Validator(schema, '2020-12');
  const check = (value: unknown): void => {
    let result: ReturnType<Validator['validate']>;
    try {
      result = validator.validate(value);
    } catch (cause) {
      throw new SchemaInvalidError('Keep the schema whole: a reference leads out of it, or a pattern is none.', {
        cause
      });
    }
    // The last is the innermost: what does not fit, not what contains it.
    const fault = result.errors.at(-1);
    if (!result.valid) {
      throw new EventSchemaMismatchError(fault?.instanceLocation.slice(1) ?? '', fault?.error ?? 'it does not fit.');
    }
  };
  return {
    encode: (value) => {
      // What JSON makes of the value is what readers get, and what has to fit.
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) throw new EventSchemaMismatchError('', 'JSON has no such value.');
      check(JSON.parse(text));
      return utf8(text);
    },
    decode: (bytes) => {
      const value = parse(bytes, (reason) => new EventSchemaMismatchError('', reason));
      check(value);
      return value;
    }
  };
}

function parse(bytes: Uint8Array, problem: (reason: string) => Error): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw problem('it is no JSON in UTF-8.');
  }
}
