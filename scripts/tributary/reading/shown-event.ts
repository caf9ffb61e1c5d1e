import type { ContentCodec } from '#sdk/protocol/content-codec';
import { parseContentType } from '#sdk/protocol/content-type';
import type { Market } from '#sdk/actions/connect-market';
import type { ReceivedEvent } from '#sdk/actions/event-reader';
import { fetchCodec } from '#sdk/actions/fetch-codec';
import { TributaryError } from '#sdk/protocol/problem';
import { cleanLine, jsonLine } from '../terminal/clean-text.ts';

/** An event as programs get it: one of json, text and base64, unless it is locked. */
export interface ShownEvent {
  readonly stream: string;
  readonly partition: number;
  readonly offset: number;
  /** Unix milliseconds, by the publisher's clock. */
  readonly timestamp: number;
  readonly sequence: number;
  readonly origin: string;
  readonly contentType: string;
  /** Signature, stream, slot and the origin's permission are right. */
  readonly verified: boolean;
  readonly fault?: string;
  /** Why it cannot be read. */
  readonly locked?: string;
  /** It was shown before, when it was still locked. */
  readonly again?: true;
  readonly json?: unknown;
  readonly text?: string;
  readonly base64?: string;
}

/** Turns events into what is shown; keeps the schemas that it fetched. */
export function createEventView(market: Market): (received: ReceivedEvent, again?: boolean) => Promise<ShownEvent> {
  const codecs = new Map<string, Promise<ContentCodec | undefined>>();
  const codecFor = (contentType: string) => {
    const known = codecs.get(contentType);
    if (known !== undefined) return known;
    if (codecs.size >= 100) codecs.clear();
    // A schema that is gone or foul leaves the bytes as they are.
    const fetched = fetchCodec({ market, contentType }).catch((error: unknown) => {
      if (error instanceof TributaryError) return undefined;
      throw error;
    });
    codecs.set(contentType, fetched);
    return fetched;
  };
  return async ({ offset, event, verified, fault, content, locked }, again = false) => {
    const { stream, partition, timestamp, sequence, origin, contentType } = event;
    return {
      stream,
      partition,
      offset,
      timestamp,
      sequence,
      origin,
      contentType,
      verified,
      ...(fault === undefined ? {} : { fault }),
      ...(locked === undefined ? {} : { locked }),
      ...(again ? { again: true as const } : {}),
      ...(content === undefined ? {} : await decoded(content, contentType, codecFor))
    };
  };
}

async function decoded(
  content: Uint8Array,
  contentType: string,
  codecFor: (contentType: string) => Promise<ContentCodec | undefined>
): Promise<Pick<ShownEvent, 'json' | 'text' | 'base64'>> {
  const { mediaType, schema } = parseContentType(contentType);
  if (schema !== undefined) {
    const codec = await codecFor(contentType);
    try {
      if (codec !== undefined) return { json: codec.decode(content) };
    } catch (error) {
      if (!(error instanceof TributaryError)) throw error;
    }
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    if (mediaType === 'application/json' || mediaType.endsWith('+json')) return { json: JSON.parse(text) as unknown };
    if (mediaType.startsWith('text/')) return { text };
  } catch {
    // It is not what its type says: the bytes as they are.
  }
  return { base64: Buffer.from(content).toString('base64') };
}

/** An event on one line, for people. */
export function eventLine(event: ShownEvent, several: boolean): string {
  const time = new Date(event.timestamp).toISOString().slice(11, 23);
  const where = several ? `${event.stream.slice(0, 8)}/${String(event.partition)} ` : '';
  const body =
    event.fault !== undefined
      ? `not to be believed: ${event.fault}`
      : event.locked !== undefined
        ? `locked: ${event.locked}`
        : event.text !== undefined
          ? cleanLine(event.text)
          : event.base64 !== undefined
            ? `${cleanLine(event.contentType)}, ${String(Math.floor((event.base64.length * 3) / 4))} bytes`
            : jsonLine(event.json);
  return `${time}  ${where}#${String(event.offset)}  ${body}`;
}
