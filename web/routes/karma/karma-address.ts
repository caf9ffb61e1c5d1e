/** What the page of karma shows, as it stands in the address line. */
export interface KarmaQuery {
  readonly role: 'seller' | 'buyer' | 'broker';
  readonly field: string | undefined;
  readonly period: 'day' | 'week' | 'month' | 'all';
  /** Unix seconds; now where absent. */
  readonly at: string | undefined;
}

/** Address of the page with some of it changed; null takes something away, and other pages of the list begin anew. */
export function karmaAddress(
  query: KarmaQuery,
  changes: Partial<Record<keyof KarmaQuery | 'cursor', string | null>> = {}
): string {
  const parameters = new URLSearchParams();
  const wanted = { ...query, cursor: undefined, ...changes };
  for (const key of ['role', 'field', 'period', 'at', 'cursor'] as const) {
    const value = wanted[key];
    const usual = (key === 'role' && value === 'seller') || (key === 'period' && value === 'all');
    if (value !== null && value !== undefined && value !== '' && !usual) parameters.set(key, value);
  }
  const text = parameters.toString();
  return text === '' ? '/karma' : `/karma?${text}`;
}
