import { m } from '../generated/messages/messages.js';

/** A description as it is shown: its first line, and what follows. */
export function wishParts(text: string): { readonly title: string; readonly details: string } {
  const [first = '', ...rest] = text.trim().split('\n');
  const title = first.length > 120 ? `${first.slice(0, 119)}…` : first;
  return { title: title.trim() === '' ? m.wishlist_untitled() : title, details: rest.join('\n').trim() };
}
