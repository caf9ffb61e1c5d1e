import { m } from '../generated/messages/messages.js';
import type { DocumentSlug } from './documents.ts';

/** What a page of the documentation is called where pages are listed, in the page's language. */
export const documentNames: Readonly<Record<DocumentSlug, () => string>> = {
  index: m.docs_index,
  buyers: m.docs_buyers,
  sellers: m.docs_sellers,
  machines: m.docs_machines,
  operators: m.docs_operators,
  trust: m.docs_trust
};

/** What it is about, in a line. */
export const documentSubjects: Readonly<Record<DocumentSlug, () => string>> = {
  index: m.docs_index_about,
  buyers: m.docs_buyers_about,
  sellers: m.docs_sellers_about,
  machines: m.docs_machines_about,
  operators: m.docs_operators_about,
  trust: m.docs_trust_about
};
