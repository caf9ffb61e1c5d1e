import { documentPage } from '$lib/server/document-page.ts';
import { getLocale } from '$lib/generated/messages/runtime.js';
import type { DocumentSlug } from '$lib/docs/documents.ts';
import type { PageServerLoadEvent } from './$types';

export function load({ params, setHeaders }: PageServerLoadEvent) {
  const slug = (params.page ?? 'index') as DocumentSlug;
  setHeaders({ 'cache-control': 'public, max-age=300' });
  return { slug, page: documentPage(slug, getLocale()) };
}
