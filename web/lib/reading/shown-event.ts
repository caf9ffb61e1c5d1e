import type { ReceivedEvent } from '#sdk/actions/event-reader';
import type { FieldValue, ShownEvent } from './messages.ts';

/** Characters of a text, and fields of an object, that are handed to the page. */
const textLimit = 2_000;
const fieldLimit = 64;

/** For JSON, which knows neither. */
const plain = (_: string, value: unknown) =>
  typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? `${String(value.length)} bytes` : value;

function fieldValue(value: unknown): FieldValue {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined) return '';
  // Protocol Buffers and Avro have numbers of 64 bits, and bytes.
  const text =
    typeof value === 'string' ? value : typeof value === 'bigint' ? String(value) : JSON.stringify(value, plain);
  return text.length > textLimit ? `${text.slice(0, textLimit)}…` : text;
}

/** Pictures that every browser decodes by itself; a drawing (SVG) could be a document of its own, and is none of them. */
const pictureType = /^image\/(?:png|jpeg|webp|gif|avif)$/;
/** Characters of a data: address of a picture that an event can carry. */
const pictureLimit = 400_000;

/** The picture that a text is as a data: address. */
function pictureOfAddress(text: string): Blob | null {
  if (!text.startsWith('data:image/') || text.length > pictureLimit) return null;
  const [, type = '', base64 = ''] = /^data:([\w/]+);base64,([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  if (!pictureType.test(type)) return null;
  try {
    return new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type });
  } catch {
    // No base64: a text like any other.
    return null;
  }
}

type Content = Pick<ShownEvent, 'fields' | 'text' | 'picture'>;

function readObject(value: object): Content {
  const entries = Object.entries(value).slice(0, fieldLimit);
  const picture = entries
    .map(([, field]) => (typeof field === 'string' ? pictureOfAddress(field) : null))
    .find(Boolean);
  const fields = Object.fromEntries(
    entries.map(([name, field]) => [
      name,
      typeof field === 'string' && field.startsWith('data:image/') ? `${field.slice(0, 40)}…` : fieldValue(field)
    ])
  );
  return { fields, text: null, picture: picture ?? null };
}

/** Content as text; undefined where it is none. */
export function textOf(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** The JSON object that content is; undefined where it is none. */
export function objectOf(content: Uint8Array, contentType: string): object | undefined {
  if (!/^application\/(?:[\w.]+\+)?json\b/.test(contentType)) return undefined;
  const text = textOf(content);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    // The publisher says JSON and sends something else: shown as it is.
    return undefined;
  }
}

function readContent(content: Uint8Array, contentType: string): Content {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (pictureType.test(type)) {
    const picture = new Blob([Uint8Array.from(content)], { type });
    return { fields: null, text: `${String(content.length)} bytes of ${contentType}`, picture };
  }
  const object = objectOf(content, contentType);
  if (object !== undefined) return readObject(object);
  const text = textOf(content);
  // No text: sounds, compressed or packed data.
  if (text === undefined) {
    return { fields: null, text: `${String(content.length)} bytes of ${contentType}`, picture: null };
  }
  return { fields: null, text: text.length > textLimit ? `${text.slice(0, textLimit)}…` : text, picture: null };
}

/**
 * What the page shows of an event.
 *
 * @param arrived Unix milliseconds at which it came; null where it comes from history.
 * @param decoded The value that the content is by its schema; undefined where it names none.
 */
export function shownEvent(received: ReceivedEvent, arrived: number | null, decoded?: unknown): ShownEvent {
  const { offset, event, verified, fault, content, locked } = received;
  const head = event.content.subarray(0, 16);
  const sealed: Content = { fields: null, text: null, picture: null };
  const open = (clear: Uint8Array) =>
    typeof decoded === 'object' && decoded !== null && !Array.isArray(decoded)
      ? readObject(decoded)
      : readContent(clear, event.contentType);
  return {
    partition: event.partition,
    offset,
    timestamp: event.timestamp,
    latency: arrived === null ? null : arrived - event.timestamp,
    origin: event.origin,
    signatureType: event.signatureType,
    contentType: event.contentType,
    size: event.content.length,
    verified,
    fault,
    locked,
    cipher: content === undefined ? Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('') : null,
    ...(content === undefined ? sealed : open(content))
  };
}
