export interface TermsParameters {
  readonly seller: string;
  readonly product: string;
  /** What the licensee may do, as a list of sentences. */
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
  /** What the seller promises of the data. */
  readonly promise: string;
  /** To be named wherever the data are shown. */
  readonly attribution?: string;
}

const list = (sentences: readonly string[]) => sentences.map((sentence) => `- ${sentence}`).join('\n');

/** Terms of use in plain words. What they say is what a buyer accepts: their hash stands in the offer. */
export function termsOf({ seller, product, allowed, forbidden, promise, attribution }: TermsParameters): string {
  return `# Terms of use: ${product}

Between ${seller} (the seller) and whoever holds a licence (you).

## 1. What you get
Access to all events of the streams named in the offer that are published while your licence runs. The licence starts
with the block that holds your purchase and ends at the time that the purchase states. Events published while it ran stay
yours to read; nothing published later can be read without another licence.

## 2. What you may do
${list(allowed)}

## 3. What you may not do
${list([...forbidden, 'Pass on keys, seeds or grants.'])}

## 4. What the seller promises
${promise} The data come as they are. They are not meant for decisions on which lives, health or considerable sums depend.
${attribution === undefined ? '' : `\n## 5. Naming the source\nWherever you show the data, name their source: "${attribution}".\n`}
## ${attribution === undefined ? '5' : '6'}. Money
The price is the number of seconds bought times the price per second in the offer, paid in DATAcoin at once. These terms
cannot change for a licence that was bought: their SHA-256 is part of the offer that you signed.
`;
}

/** What most sellers allow. */
export const usualRights = {
  allowed: [
    'Use the data within your household or organisation, in programs too.',
    'Publish charts, statistics and models derived from them.',
    'Keep what you received for as long as you like.'
  ],
  forbidden: ['Resell the events or serve them to third parties as they are.']
} as const;

/** What sellers of free data allow. */
export const openRights = {
  allowed: ['Use, change and pass on the data for any purpose, commercial ones too.'],
  forbidden: ['Give the impression that the seller or the original source endorses you.']
} as const;
