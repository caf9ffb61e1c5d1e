import { streamAbi } from '#contracts/generated/stream';
import type { Grant } from '../protocol/grant.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { fetchIssuer } from './fetch-issuer.ts';
import { permissionNumber } from './stream-permission.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface IssuerBelief {
  /**
   * Whether the chain says that an account may hand out keys of the stream: it owns it, or holds the Grant permission of
   * its own (everyone's does not count).
   *
   * @throws {@link ChainUnreachableError}
   */
  mayGrant(issuer: Address): Promise<boolean>;
}

/** Milliseconds for which an answer is believed. */
const believedFor = 10_000;
/** Accounts remembered. */
const accountLimit = 1_000;

/** Asks the chain whose grants on a stream are to be believed. */
export function followIssuers({ market, stream }: { market: Market; stream: Address }): IssuerBelief {
  const contract = { address: stream, abi: streamAbi } as const;
  const known = new Map<Address, { readonly at: number; readonly answer: Promise<boolean> }>();

  const ask = async (issuer: Address): Promise<boolean> => {
    try {
      const [owner, deleted, until] = await Promise.all([
        market.publicClient.readContract({ ...contract, functionName: 'owner' }),
        market.publicClient.readContract({ ...contract, functionName: 'deleted' }),
        market.publicClient.readContract({
          ...contract,
          functionName: 'permissionUntil',
          args: [issuer, permissionNumber.grant]
        })
      ]);
      return owner.toLowerCase() === issuer || (!deleted && until * 1000 > market.clock());
    } catch (error) {
      throw translateChainError(error, streamAbi);
    }
  };

  return {
    mayGrant: (issuer) => {
      const before = known.get(issuer);
      if (before !== undefined && Math.abs(market.clock() - before.at) < believedFor) return before.answer;
      const answer = ask(issuer);
      const oldest = known.keys().next();
      if (known.size >= accountLimit && oldest.done !== true) known.delete(oldest.value);
      known.set(issuer, { at: market.clock(), answer });
      answer.catch(() => known.delete(issuer));
      return answer;
    }
  };
}

/**
 * Of the issuers of some grants, those that are to be believed, beside the broker's issuer and the stream's owner: whom
 * the chain lets grant.
 *
 * @throws as {@link fetchIssuer} and {@link followIssuers}.
 *
 * @example
 * const issuers = await findIssuers({ market, stream, grants });
 */
export async function findIssuers(parameters: {
  readonly market: Market;
  readonly stream: Address;
  readonly grants: readonly Pick<Grant, 'issuer'>[];
}): Promise<readonly Address[]> {
  const { market, stream, grants } = parameters;
  const { mayGrant } = followIssuers({ market, stream });
  const { issuer } = await fetchIssuer({ market });
  const believed = new Set<Address>([issuer]);
  for (const named of new Set(grants.map((grant) => grant.issuer))) {
    // The owner is among those who may.
    if (!believed.has(named) && (await mayGrant(named))) believed.add(named);
  }
  return [...believed];
}
