import type { ProductQuery } from '../protocol/discovery.ts';
import { savedSearchListSchema, savedSearchSchema, searchMatchListSchema } from '../protocol/saved-searches.ts';
import type { SavedSearch, SearchMatch } from '../protocol/saved-searches.ts';
import { removeAsAccount, requestAsAccount } from './account-request.ts';
import type { AsAccount } from './account-request.ts';
import { queryUrl } from './query-url.ts';

/** Searches of an account: the market remembers what comes to match them, and tells webhooks that want search.match. */

/**
 * Saves a search. All its words must match; mistyped ones are taken as the search takes them now.
 *
 * @param parameters `query`: what narrows it; order and page are left out.
 * @throws as {@link requestAsAccount}.
 *
 * @example
 * const session = await openNoticeSession({ market, wallet });
 * await saveSearch({ market, session, name: 'Free wind data', query: { q: 'wind', free: 'true' } });
 */
export function saveSearch(
  parameters: AsAccount & { readonly name: string; readonly query: ProductQuery }
): Promise<SavedSearch> {
  const { name } = parameters;
  const query = queryUrl('', parameters.query).slice(1);
  return requestAsAccount(parameters, 'POST', '/v1/searches', savedSearchSchema, { name, query });
}

/** The account's searches, the oldest first. @throws as {@link requestAsAccount}. */
export async function listSavedSearches(parameters: AsAccount): Promise<SavedSearch[]> {
  return (await requestAsAccount(parameters, 'GET', '/v1/searches', savedSearchListSchema)).items;
}

/** Gives a search another name. @throws as {@link requestAsAccount}. */
export function renameSavedSearch(
  parameters: AsAccount & { readonly search: string; readonly name: string }
): Promise<SavedSearch> {
  const { search, name } = parameters;
  return requestAsAccount(parameters, 'PUT', `/v1/searches/${search}`, savedSearchSchema, { name });
}

/** Forgets a search and what matched it. @throws as {@link removeAsAccount}. */
export function removeSavedSearch(parameters: AsAccount & { readonly search: string }): Promise<void> {
  return removeAsAccount(parameters, `/v1/searches/${parameters.search}`);
}

/**
 * Products that came to match a search since it was saved, the newest match first.
 *
 * @param parameters `since`: Unix milliseconds, only what came to match later; `limit`: at most 100.
 * @throws as {@link requestAsAccount}.
 */
export async function listSearchMatches(
  parameters: AsAccount & { readonly search: string; readonly since?: number; readonly limit?: number }
): Promise<SearchMatch[]> {
  const { search, since, limit } = parameters;
  const path = queryUrl(`/v1/searches/${search}/matches`, { since, limit });
  return (await requestAsAccount(parameters, 'GET', path, searchMatchListSchema)).items;
}
