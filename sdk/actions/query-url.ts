/** An address with the values of a query that are there; a list is written once per value. */
export function queryUrl(base: string, query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof each === 'string' && each !== '') parameters.append(name, each);
      else if (typeof each === 'number' || typeof each === 'boolean') parameters.append(name, String(each));
    }
  }
  const text = parameters.toString();
  return text === '' ? base : `${base}?${text}`;
}
