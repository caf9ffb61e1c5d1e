/** Letters that Unicode does not take apart into a letter and an accent. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th'
};

/**
 * Text -> its words in lower case without accents: runs of letters and digits; "temperatureMax" is two. Documents and
 * queries are cut up by this same function, so that they meet.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[ßæœøłđðþ]/g, (letter) => letters[letter] ?? letter);
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** A word, and what is left of it without any one of its letters: two words one error apart share one of these. */
export function deletionsOf(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length < 4) return [word];
  return [...new Set([word, ...characters.map((_, place) => characters.toSpliced(place, 1).join(''))])];
}

/**
 * Typing errors between two words: letters left out, put in, mistaken, or swapped with their neighbour (optimal string
 * alignment distance; Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2).
 */
export function typingErrors(typed: string, meant: string): number {
  const from = Array.from(typed);
  const to = Array.from(meant);
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of from.entries()) {
    const current = [row + 1];
    for (const [column, other] of to.entries()) {
      const substituted = (above[column] ?? 0) + (letter === other ? 0 : 1);
      let errors = Math.min((above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1, substituted);
      if (row > 0 && column > 0 && letter === to[column - 1] && from[row - 1] === other) {
        errors = Math.min(errors, (before[column - 1] ?? 0) + 1);
      }
      current.push(errors);
    }
    before = above;
    above = current;
  }
  return above[to.length] ?? 0;
}

/** Errors that are forgiven in a word of so many letters. */
export function forgiven(letters: number): number {
  return letters < 4 ? 0 : letters < 8 ? 1 : 2;
}

/** Letters from which on an engine with a tolerance of its own forgives one error, and two. */
export const forgivenByOthers = { one: 5, two: 9 };
