import { m } from '$lib/generated/messages/messages.js';
import type { EventFault, LockedReason } from '#sdk/actions/event-reader';
import { formatDateTime, formatNumber } from '../ui/format.ts';
import type { FieldValue, ShownEvent } from './messages.ts';

/** Why an event must not be believed, in words. */
export const faultWords: Record<EventFault, () => string> = {
  'signature-invalid': m.stream_fault_signature,
  'stream-mismatch': m.stream_fault_stream,
  'slot-mismatch': m.stream_fault_slot,
  'origin-unauthorized': m.stream_fault_origin,
  'not-encrypted': m.stream_fault_plain
};

/** Why its content cannot be read, in words. */
export const lockedWords: Record<LockedReason, () => string> = {
  'waiting-for-key': m.stream_locked_waiting,
  'license-ended': m.stream_locked_ended,
  'before-license': m.stream_locked_before,
  'no-reader': m.stream_locked_reader,
  undecryptable: m.stream_locked_key,
  faulty: m.stream_locked_faulty
};

/** Methods of signing that the sdk verifies, as people call them. */
const signatures: Readonly<Record<string, () => string>> = {
  secp256k1: m.standing_signed_secp256k1,
  p256: m.standing_signed_p256,
  webauthn: m.standing_signed_webauthn,
  erc1271: m.standing_signed_contract,
  x509: m.standing_signed_x509
};
export const signatureWords = (type: string) => signatures[type]?.() ?? type;

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** "14:03:07.042", and the day before it where it is not today's. */
export function eventTime(milliseconds: number, now: number): string {
  const at = new Date(milliseconds);
  const clock = `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}.${String(
    at.getMilliseconds()
  ).padStart(3, '0')}`;
  if (now === 0 || at.toDateString() === new Date(now).toDateString()) return clock;
  return `${formatDateTime(milliseconds, { day: 'numeric', month: 'short' })} ${clock}`;
}

/** "40 ms", "1.2 s". */
export const delayWords = (latency: number) =>
  Math.abs(latency) < 1000
    ? `${formatNumber(latency)} ms`
    : `${formatNumber(latency / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`;

/** A value as a cell shows it. */
export function valueWords(value: FieldValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return formatNumber(value, { maximumFractionDigits: 6 });
  return value === null ? '–' : String(value);
}

/** Width of a field's column, in characters, by its newest values. */
export function columnWidth(events: readonly ShownEvent[], name: string, unit: string | undefined): number {
  const head = name.length + (unit === undefined ? 0 : unit.length + 1);
  const longest = Math.max(0, ...events.slice(0, 100).map(({ fields }) => valueWords(fields?.[name]).length));
  return Math.min(Math.max(longest, head, 4), 28) + 3;
}
