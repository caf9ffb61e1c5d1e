import type { Reroute } from '@sveltejs/kit';
import { withoutLanguage } from './lib/language/languages.ts';

/** A page has one route, whatever its language. */
export const reroute: Reroute = ({ url }) => withoutLanguage(url.pathname);
