/** Unix milliseconds -> the value of an input of type datetime-local, to the second, in the reader's time zone. */
export function toLocalInput(milliseconds: number): string {
  const at = new Date(milliseconds);
  return new Date(milliseconds - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The value of such an input -> Unix milliseconds; null where it is no time. */
export function fromLocalInput(value: string): number | null {
  const milliseconds = value === '' ? Number.NaN : new Date(value).getTime();
  return Number.isFinite(milliseconds) ? milliseconds : null;
}
