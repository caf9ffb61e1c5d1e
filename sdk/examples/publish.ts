import type { Market } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import type { Address } from '#sdk/protocol/primitives';
import type { EventSigner } from '#sdk/protocol/signature';

/**
 * Publishes events: each is signed, encrypted for those who hold a licence now, and stored when the call returns.
 *
 * @param parameters.keys - As made when the stream was created.
 * @param parameters.events - Anything that is JSON.
 * @returns The offset of the last one.
 */
export async function publish(parameters: {
  readonly market: Market;
  readonly stream: Address;
  readonly signer: EventSigner;
  readonly keys: StreamKeys;
  readonly events: readonly unknown[];
}): Promise<number | undefined> {
  const { market, stream, signer, keys, events } = parameters;
  const publisher = await createPublisher({ market, stream, signer, keys });
  try {
    // What is there at once goes under one signature; publisher.publish sends a single event.
    const published = await publisher.publishAll(events.map((json) => ({ json })));
    return published.at(-1)?.offset;
  } finally {
    await publisher.close();
  }
}
