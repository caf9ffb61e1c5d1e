import type { ParamMatcher } from '@sveltejs/kit';
import { documents } from '../lib/docs/documents.ts';

/** Pages of the documentation; the overview has no name of its own in addresses. */
export const match: ParamMatcher = (name) => name !== 'index' && documents.some((slug) => slug === name);
