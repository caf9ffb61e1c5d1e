import type { z } from 'zod';
import { RequestInvalidError } from '../problems.ts';
import type { Builder } from './builder.ts';

/** An enumeration whose names are its values in capitals. */
export function enumeration(builder: Builder, name: string, values: readonly string[]) {
  return builder.enumType(name, {
    values: Object.fromEntries(values.map((value) => [value.toUpperCase(), { value }]))
  });
}

/** Arguments, nulls left out, by the schema of the REST interface. @throws {@link RequestInvalidError} */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>
): z.output<Schema> {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
  const result = schema.safeParse(said);
  if (!result.success) throw new RequestInvalidError(result.error.issues);
  return result.data;
}
