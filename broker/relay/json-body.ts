import { MessageInvalidError } from './refusals.ts';

/**
 * Reads the JSON body of a request.
 *
 * @throws {@link MessageInvalidError}
 */
export async function readJson(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch {
    throw new MessageInvalidError('The body is not JSON.');
  }
}
