/** The pages of the documentation, in the order in which they are listed; each is a file of web/docs per language. */
export const documents = ['index', 'buyers', 'sellers', 'machines', 'operators', 'trust'] as const;
export type DocumentSlug = (typeof documents)[number];

/** Path of a page of the documentation. */
export const documentPath = (slug: DocumentSlug): string => (slug === 'index' ? '/docs' : `/docs/${slug}`);
