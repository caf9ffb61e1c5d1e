import type { ShownEvent } from './messages.ts';

/**
 * A filter for a query: events whose content has every word of it somewhere: in a field's value, in the text, or as
 * `field:value`, which looks in the fields whose name begins so. Letter case does not matter; what is locked has no
 * content. What was judged once is remembered, so that a list that grows is soon filtered again.
 */
export function createFilter(query: string): (events: readonly ShownEvent[]) => readonly ShownEvent[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return (events) => events;
  const judged = new WeakMap<ShownEvent, boolean>();
  const fits = (event: ShownEvent) => {
    let known = judged.get(event);
    if (known === undefined) {
      known = event.locked === undefined && words.every((word) => contains(event, word));
      judged.set(event, known);
    }
    return known;
  };
  return (events) => events.filter(fits);
}

function contains({ fields, text }: ShownEvent, word: string): boolean {
  const all = Object.entries(fields ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value).toLowerCase()] as const
  );
  const [, field, wanted] = /^([^:]+):(.+)$/.exec(word) ?? [];
  const named = field === undefined ? [] : all.filter(([name]) => name.startsWith(field));
  // A colon may as well be part of what is looked for, such as a time.
  if (wanted !== undefined && named.length > 0) return named.some(([, value]) => value.includes(wanted));
  return all.some(([, value]) => value.includes(word)) || (text?.toLowerCase().includes(word) ?? false);
}
