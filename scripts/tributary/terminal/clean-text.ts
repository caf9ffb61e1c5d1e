/**
 * Characters that a terminal obeys or that turn the direction of text: in what strangers wrote (names, descriptions,
 * events) they could move the cursor, recolour, or make one text look like another.
 */
// eslint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Text of strangers as it can be shown: every character that a terminal would obey is shown as U+FFFD. */
export function cleanText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(obeyed, '\ufffd');
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(/[\s\u2028\u2029]+/g, ' ')).trim();
}

/**
 * A value as one line of JSON that no terminal obeys: what JSON would leave as it is among {@link cleanText}'s characters
 * is escaped. Whole numbers of any size become decimal strings.
 */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) as
    string | undefined;
  return (text ?? 'null').replace(
    /[\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}
