import type { Address } from '../protocol/primitives.ts';
import type { EventSigner } from '../protocol/signature.ts';
import type { Market } from './connect-market.ts';
import { createPublisher } from './create-publisher.ts';
import type { PublishedEvent } from './create-publisher.ts';
import type { EventContent } from './event-writer.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface PublishParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Without a partition key in the content: 0 unless said otherwise. */
  readonly partition?: number;
  readonly signer: EventSigner;
  readonly keys?: StreamKeys;
  readonly content: EventContent;
}
export type PublishReturnType = PublishedEvent;

/**
 * Publishes a single event; for more than one open a publisher with {@link createPublisher}.
 *
 * @throws as {@link createPublisher} and its publish.
 *
 * @example
 * const { offset } = await publish({ market, stream, signer, keys, content: { json: { temperature: 21.5 } } });
 */
export async function publish({ content, ...parameters }: PublishParameters): Promise<PublishReturnType> {
  const publisher = await createPublisher(parameters);
  try {
    return await publisher.publish(content);
  } finally {
    await publisher.close();
  }
}
