/**
 * A message in pieces that fit into pictures (QR codes, alphanumeric mode): "TRB:<mark>:<number>:<count>:<base32>". The
 * mark is the same for all pieces of a message, so that pieces of two are not mixed.
 */
const pattern = /TRB:([0-9A-Z]{4}):(\d{1,3}):(\d{1,3}):([A-Z2-7]+)/g;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Characters of a piece: a code that any camera reads from a screen. */
const pieceLength = 240;
/** Pieces of one message; more keys than that go into a file. */
export const mostFrames = 40;

/** RFC 4648, without padding. */
function toBase32(bytes: Uint8Array): string {
  let text = '';
  let [bits, value] = [0, 0];
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet.charAt((value << (5 - bits)) & 31) : text;
}

function fromBase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const letter of text) {
    value = ((value << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 255);
    }
  }
  return Uint8Array.from(bytes);
}

/** The pieces of a message, in order. */
export function toFrames(message: Uint8Array): string[] {
  const text = toBase32(message);
  const mark = toBase32(crypto.getRandomValues(new Uint8Array(3))).slice(0, 4);
  const count = Math.ceil(text.length / pieceLength);
  return Array.from({ length: count }, (_, index) => {
    const piece = text.slice(index * pieceLength, (index + 1) * pieceLength);
    return `TRB:${mark}:${String(index + 1)}:${String(count)}:${piece}`;
  });
}

/** Puts a message together from the pieces that come in, in any order and more than once. */
export class FrameCollector {
  #mark = '';
  #count = 0;
  #pieces = new Map<number, string>();

  /** How many pieces are there, and how many there are in all; 0 before the first. */
  get progress(): { readonly have: number; readonly of: number } {
    return { have: this.#pieces.size, of: this.#count };
  }

  /**
   * Takes all pieces in a text. Pieces of another message than the last one begin anew.
   *
   * @returns Whether there was any.
   */
  add(text: string): boolean {
    let any = false;
    for (const [, mark = '', number, of, piece = ''] of text.toUpperCase().matchAll(pattern)) {
      const [index, count] = [Number(number), Number(of)];
      if (index < 1 || index > count || count > mostFrames) continue;
      if (mark !== this.#mark || count !== this.#count) {
        this.#mark = mark;
        this.#count = count;
        this.#pieces = new Map();
      }
      this.#pieces.set(index, piece);
      any = true;
    }
    return any;
  }

  /** The message; null while pieces are missing. */
  message(): Uint8Array | null {
    if (this.#count === 0 || this.#pieces.size < this.#count) return null;
    const pieces = Array.from({ length: this.#count }, (_, index) => this.#pieces.get(index + 1) ?? '');
    return fromBase32(pieces.join(''));
  }
}
