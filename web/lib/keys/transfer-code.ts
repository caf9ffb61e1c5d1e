/** Letters and digits that nobody mistakes for one another, 32 of them. */
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';
const length = 10;

/** A random code of ten characters, 50 bits, in two halves: what is typed on the other device. */
export function makeTransferCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  const text = Array.from(bytes, (byte) => alphabet.charAt(byte % 32)).join('');
  return `${text.slice(0, 5)}-${text.slice(5)}`;
}

/** A code as somebody typed it: case, blanks and dashes do not count, and O, I and L are the digits they look like. */
export function readTransferCode(typed: string): string {
  const text = typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return `${text.slice(0, 5)}-${text.slice(5)}`;
}
