import { m } from '../generated/messages/messages.js';

/** Terms to start from, named in the language of the page; what is published is the text as the seller left it. */
export const termsTemplates = {
  'cc-by': {
    name: 'CC BY 4.0',
    get meaning() {
      return m.sell_terms_cc_by();
    },
    text: `Terms of use: Creative Commons Attribution 4.0

The data that this licence opens are offered under the Creative Commons
Attribution 4.0 International licence:
https://creativecommons.org/licenses/by/4.0/legalcode

You may copy, change and pass on the data for any purpose, also commercially,
as long as you name the seller as the source and say what you changed.

The data come as they are, without warranty of any kind.
`
  },
  cc0: {
    name: 'CC0 1.0',
    get meaning() {
      return m.sell_terms_cc0();
    },
    text: `Terms of use: CC0 1.0 Universal

To the extent that the law allows, the seller waives all copyright and related
rights in the data that this licence opens:
https://creativecommons.org/publicdomain/zero/1.0/legalcode

You may use, change and pass on the data for any purpose without asking.

The data come as they are, without warranty of any kind.
`
  },
  commercial: {
    get name() {
      return m.sell_terms_commercial();
    },
    get meaning() {
      return m.sell_terms_commercial_means();
    },
    text: `Terms of use: commercial, without resale

1. While the licence runs you may use the data in your own business, and in
   products and services that you offer to others.
2. You may not pass on, sell or publish the data themselves, or anything from
   which they can be rebuilt.
3. Results that you derived (statistics, models, charts, decisions) are yours,
   also after the licence has ended.
4. Data that you received while the licence ran may be kept, under these terms.
5. Keep the keys of the licence to yourself.
6. The data come as they are. The seller is not liable for decisions that rest
   on them, as far as the law allows.
`
  },
  research: {
    get name() {
      return m.sell_terms_research();
    },
    get meaning() {
      return m.sell_terms_research_means();
    },
    text: `Terms of use: research and teaching

1. You may use the data for non-commercial research and for teaching.
2. You may publish results, and excerpts as far as others need them to check
   your results. Name the seller as the source.
3. You may not use the data commercially, and not pass on the stream.
4. Data that you received while the licence ran may be kept, under these terms.
5. The data come as they are, without warranty of any kind.
`
  }
} as const;
export type TermsTemplate = keyof typeof termsTemplates;
