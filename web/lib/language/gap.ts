/** Characters of the private use area, which nobody types, around the name of a gap. */
const [opens, closes] = ['\u{E000}', '\u{E001}'];

/** What a message is given for a part that is no text, such as a link or an amount: see Sentence.svelte. */
export const gap = (name: string): string => `${opens}${name}${closes}`;

/** A sentence taken apart at its gaps, in the order of its language. */
export function splitAtGaps(sentence: string): ({ readonly text: string } | { readonly gap: string })[] {
  return sentence.split(opens).flatMap((piece, index) => {
    if (index === 0) return piece === '' ? [] : [{ text: piece }];
    const [name = '', text = ''] = piece.split(closes, 2);
    return text === '' ? [{ gap: name }] : [{ gap: name }, { text }];
  });
}
