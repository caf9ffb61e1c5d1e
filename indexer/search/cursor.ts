import { z } from 'zod';
import { TributaryError } from '#sdk/protocol/problem';

/** The cursor of a request was not made by this list. */
export class CursorInvalidError extends TributaryError {
  readonly code = 'cursor-invalid';
  readonly title = 'The cursor is not valid';
  override readonly status = 422;
}

const identifier = z.string().regex(/^[0-9a-fA-Fx-]{1,200}(?:-[A-Z0-9]{1,10})?$/);

/** Place in a sorted list: the integers by which it is sorted, and the id that breaks ties. */
export interface Place {
  readonly keys: readonly string[];
  readonly id: string;
}

/** Place -> opaque cursor. */
export function encodeCursor({ keys, id }: Place): string {
  return Buffer.from([...keys, id].join('~')).toString('base64url');
}

/**
 * Opaque cursor -> place.
 *
 * @param keys How many integers the list is sorted by.
 * @param digits How many digits their column in the tables takes.
 * @throws {@link CursorInvalidError} when it is no cursor of such a list.
 */
export function decodeCursor(cursor: string, keys: number, digits = 80): Place {
  const integer = z.string().regex(new RegExp(`^-?[0-9]{1,${String(digits)}}$`));
  const parts = Buffer.from(cursor, 'base64url').toString('utf8').split('~');
  const parsed = z.object({ keys: z.array(integer).length(keys), id: identifier }).safeParse({
    keys: parts.slice(0, -1),
    id: parts.at(-1)
  });
  if (!parsed.success) {
    throw new CursorInvalidError('Take the cursor from nextCursor of the page before, with the same sorting.');
  }
  return parsed.data;
}
