import type { KeyPair } from '../protocol/hpke.ts';
import { addressSchema } from '../protocol/primitives.ts';
import { createEventWriter } from './event-writer.ts';
import type { CreateEventWriterParameters, EventWriter } from './event-writer.ts';
import { followStreamKeys } from './follow-stream-keys.ts';
import type { StreamEra } from './follow-stream-keys.ts';
import { readStream } from './read-stream.ts';

export interface CreateFollowingWriterParameters extends CreateEventWriterParameters {
  /** The key pair that the signer's account registered on the stream: its keys are followed where none are given. */
  readonly keyPair?: KeyPair;
}

export interface FollowingWriter extends EventWriter {
  /** Takes over at once the keys that have come, where they are followed. @throws as {@link followStreamKeys}. */
  reload(): Promise<void>;
  /** Ends following. */
  close(): void;
}

/**
 * Makes events as {@link createEventWriter} does, and takes over the keys of new eras where a key pair is given.
 *
 * @throws as {@link createEventWriter} and {@link followStreamKeys}.
 */
export async function createFollowingWriter(parameters: CreateFollowingWriterParameters): Promise<FollowingWriter> {
  const { market, stream, signer, keyPair } = parameters;
  const follows =
    keyPair !== undefined && parameters.keys === undefined && !(await readStream({ market, stream })).publicRead;
  if (!follows)
    return { ...(await createEventWriter(parameters)), reload: () => Promise.resolve(), close: () => undefined };
  let writer: EventWriter | undefined;
  const change = (eras: readonly StreamEra[]) => {
    for (const { keys, fromSlot } of eras) writer?.changeKeys(keys, fromSlot);
  };
  const account = addressSchema.parse(signer.origin);
  const followed = await followStreamKeys({ market, stream, account, keyPair, onEras: change });
  try {
    const [first] = followed.eras();
    writer = await createEventWriter({ ...parameters, ...(first === undefined ? {} : { keys: first.keys }) });
    change(followed.eras());
    return { ...writer, reload: followed.reload, close: followed.close };
  } catch (error) {
    followed.close();
    throw error;
  }
}
