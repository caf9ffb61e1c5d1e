/** The pages of the documentation, in the order in which they are listed; each is a file of web/docs. */
export const documents = [
  { slug: 'index', name: 'Overview', about: 'What Tributary is, its parts and its words.' },
  { slug: 'buyers', name: 'For buyers', about: 'Find a stream, see that it is alive, pay, read, leave.' },
  { slug: 'sellers', name: 'For sellers', about: 'Publish, list, be paid, prove who you are, cut somebody off.' },
  { slug: 'machines', name: 'For machines', about: 'REST, GraphQL, x402, sdk, command line, language models.' },
  { slug: 'operators', name: 'For operators', about: 'Run a market of your own, and look after it.' },
  { slug: 'trust', name: 'Trust', about: 'Who could cheat whom, what stops them, and what does not.' }
] as const;
export type DocumentSlug = (typeof documents)[number]['slug'];

/** Path of a page of the documentation. */
export const documentPath = (slug: DocumentSlug): string => (slug === 'index' ? '/docs' : `/docs/${slug}`);
