import { fetchGrants } from '#sdk/actions/fetch-grants';
import { findOwnIssuers } from '#sdk/actions/find-own-issuers';
import { fetchIssuer } from '#sdk/actions/fetch-issuer';
import type { Market } from '#sdk/actions/connect-market';
import { MarketRefusedError } from '#sdk/actions/market-errors';
import { readStream } from '#sdk/actions/read-stream';
import { requestJson } from '#sdk/actions/request';
import type { LicenseRecord } from '#sdk/protocol/discovery';
import { eraStateSchema, type Grant } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';
import type { StreamRoot } from '../keys/stream-roots.ts';
import { newestKeys } from './newest-keys.ts';

/** Licences that are looked at, newest first, and questions asked at once. */
export const mostLookedAt = 100;
const atOnce = 6;

/** How the keys of one stream are given out. */
export interface StreamIssuing {
  readonly stream: Address;
  /** Newest era of which the market's issuer was entrusted keys; null for none. */
  readonly era: number | null;
  /** Licences that ended early and hold keys of the present era: a new one cuts them off. */
  readonly cutOffsDue: number;
  /** Accounts other than the market's issuer that the chain lets grant keys of it, beside the owner and resellers. */
  readonly otherIssuers: readonly Address[];
  /** Newest era of which anybody was seen to have keys; 0 for none. */
  readonly newestEra: number;
  /** The newest keys kept in this browser; null where they are elsewhere. */
  readonly held: StreamRoot | null;
  readonly granted: GrantedLicenses;
}

export interface GrantedLicenses {
  /** Running licences that were looked at, and those of them that have no key for the present. */
  readonly lookedAt: number;
  readonly waiting: number;
  /** Unix seconds: when the newest licence that has its keys began; null for none. */
  readonly newest: number | null;
}

export interface Issuing {
  /** The market's. */
  readonly issuer: Address;
  /** Streams that not everyone may read. */
  readonly streams: readonly StreamIssuing[];
}

/**
 * Asks the broker whether its issuer is there, and how far it is with the keys of a seller's streams.
 *
 * @param licenses Newest first.
 * @throws MarketUnreachableError, MarketRefusedError or AnswerInvalidError where the broker does not answer well;
 * ChainUnreachableError.
 */
export async function readIssuing(
  market: Market,
  streams: readonly Address[],
  licenses: readonly LicenseRecord[]
): Promise<Issuing> {
  const { issuer } = await fetchIssuer({ market });
  const now = Math.floor(market.clock() / 1000);
  const running = licenses.filter(({ until }) => until > now).slice(0, mostLookedAt);
  const found: StreamIssuing[] = [];
  for (const stream of streams) {
    const { publicRead, slotDuration } = await readStream({ market, stream });
    if (publicRead) continue;
    const sold = running.filter((license) => license.streams.includes(stream));
    const grants = new Map<LicenseRecord, readonly Grant[]>();
    for (let start = 0; start < sold.length; start += atOnce) {
      await Promise.all(
        sold.slice(start, start + atOnce).map(async (license) => {
          grants.set(license, await fetchGrants({ market, stream, licensee: license.licensee }));
        })
      );
    }
    const [issuers, state] = await Promise.all([findOwnIssuers({ market, stream }), readEra(market, stream)]);
    const held = await newestKeys(stream, state?.era ?? null);
    const grantedEras = [...grants.values()].flat().map((grant) => grant.era);
    found.push({
      stream,
      era: state?.era ?? null,
      cutOffsDue: state?.cutOffsDue ?? 0,
      otherIssuers: issuers.filter((account) => account !== issuer),
      newestEra: Math.max(0, state?.era ?? 0, held?.era ?? 0, ...grantedEras),
      held,
      granted: grantedOf(grants, now, slotDuration)
    });
  }
  return { issuer, streams: found };
}

/**
 * Which licences have their keys.
 *
 * @param grants What each running licence's account was granted on a stream, for whatever licence.
 * @param now Unix seconds. @param slotDuration Seconds.
 */
export function grantedOf(
  grants: ReadonlyMap<Pick<LicenseRecord, 'offerId' | 'publicKey' | 'from'>, readonly Grant[]>,
  now: number,
  slotDuration: number
): GrantedLicenses {
  const begun = [...grants].flatMap(([{ offerId, publicKey, from }, held]) =>
    held.some(
      (grant) => grant.offerId === offerId && grant.recipient === publicKey && grant.untilSlot * slotDuration > now
    )
      ? [from]
      : []
  );
  return {
    lookedAt: grants.size,
    waiting: grants.size - begun.length,
    newest: begun.length === 0 ? null : Math.max(...begun)
  };
}

async function readEra({ fetch, brokerUrl }: Market, stream: Address) {
  try {
    return await requestJson({ fetch, url: `${brokerUrl}/v1/streams/${stream}/era`, schema: eraStateSchema });
  } catch (error) {
    // Nothing of it was entrusted to this broker.
    if (error instanceof MarketRefusedError && error.status === 404) return null;
    throw error;
  }
}
