import type { ReceivedEvent } from '#sdk/actions/event-reader';
import type { FieldValue, ShownEvent } from './messages.ts';

/** Characters of a text, and fields of an object, that are handed to the page. */
const textLimit = 2_000;
const fieldLimit = 64;

function fieldValue(value: unknown): FieldValue {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > textLimit ? `${text.slice(0, textLimit)}…` : text;
}

function readContent(content: Uint8Array, contentType: string): Pick<ShownEvent, 'fields' | 'text'> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    // No text: pictures, compressed or packed data.
    return { fields: null, text: `${String(content.length)} bytes of ${contentType}` };
  }
  const short = text.length > textLimit ? `${text.slice(0, textLimit)}…` : text;
  if (!/^application\/(?:[\w.]+\+)?json\b/.test(contentType)) return { fields: null, text: short };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fields: null, text: short };
    const fields = Object.entries(value).slice(0, fieldLimit);
    return { fields: Object.fromEntries(fields.map(([name, field]) => [name, fieldValue(field)])), text: null };
  } catch {
    // The publisher says JSON and sends something else: shown as it is.
    return { fields: null, text: short };
  }
}

/**
 * What the page shows of an event.
 *
 * @param arrived Unix milliseconds at which it came; null where it comes from history.
 */
export function shownEvent(received: ReceivedEvent, arrived: number | null): ShownEvent {
  const { offset, event, verified, fault, content, locked } = received;
  const head = event.content.subarray(0, 16);
  return {
    partition: event.partition,
    offset,
    timestamp: event.timestamp,
    latency: arrived === null ? null : arrived - event.timestamp,
    origin: event.origin,
    contentType: event.contentType,
    size: event.content.length,
    verified,
    fault,
    locked,
    cipher: content === undefined ? Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('') : null,
    ...(content === undefined ? { fields: null, text: null } : readContent(content, event.contentType))
  };
}
