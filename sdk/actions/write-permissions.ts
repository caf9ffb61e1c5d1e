import { zeroAddress } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { addressSchema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { permissionNumber } from './stream-permission.ts';
import { translateChainError } from './translate-chain-error.ts';

/** Who may publish on a stream, as of a block that is at most two behind the chain's newest. */
export interface WritePermissions {
  /**
   * Whether the account may publish: as owner, by its own permission, or by everyone's.
   *
   * @throws {@link ChainUnreachableError}, when the chain did not answer for a minute, or never.
   */
  holds(account: Address): Promise<boolean>;
  /**
   * Grows with every new block that is seen: what contracts said of signatures before may be different now.
   *
   * @throws as {@link holds}
   */
  revision(): Promise<number>;
}

interface Head {
  readonly number: bigint;
  readonly hash: Hex;
  /** Unix seconds. */
  readonly timestamp: bigint;
}

/** What the chain says of the stream itself; until: Unix seconds per account at which Write ends. */
interface Answers {
  readonly owner: Address;
  readonly deleted: boolean;
  readonly everyone: number;
  readonly until: Map<Address, Promise<number>>;
}

/** Milliseconds for which answers are believed while the chain does not say whether there is a newer block. */
const silenceLimit = 60_000;
const accountLimit = 10_000;

/**
 * Follows Write on one stream. Nothing is asked while nobody asks: then at most every polling interval of the market's
 * client whether there is a new block, and for a new block whether the stream's permissions changed in it.
 */
export function followWritePermissions({ market, stream }: { market: Market; stream: Address }): WritePermissions {
  const { publicClient, clock } = market;
  const contract = { address: stream, abi: streamAbi } as const;
  let head: Head | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let revision = 0;
  let answers: Promise<Answers> | undefined;

  const within = (since: number, duration: number) => {
    const age = clock() - since;
    return age >= 0 && age < duration;
  };

  /** Whether the block is the next one and says nothing of the stream's permissions. */
  const changesNothing = async (before: Head, parentHash: Hex, next: Head) => {
    if (next.number !== before.number + 1n || parentHash !== before.hash) return false;
    return (await publicClient.getLogs({ address: stream, blockHash: next.hash })).length === 0;
  };

  const look = async () => {
    const now = clock();
    try {
      const { number, hash, timestamp, parentHash } = await publicClient.getBlock({ blockTag: 'latest' });
      const next = { number, hash, timestamp };
      if (head?.hash !== hash) {
        // Forgetting costs one question; blocks that were missed, or replaced, are not searched.
        if (head === undefined || !(await changesNothing(head, parentHash, next))) answers = undefined;
        head = next;
        revision += 1;
      }
      answeredAt = now;
    } catch (error) {
      // A chain that is away for a moment is no reason to stop reading.
      if (head === undefined || !within(answeredAt, silenceLimit)) throw error;
    }
    lookedAt = now;
  };

  const present = async (): Promise<Head> => {
    if (head === undefined || !within(lookedAt, publicClient.pollingInterval)) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
    }
    // Set by look, which throws where it cannot.
    return head as Head;
  };

  const untilOf = (account: Address): Promise<number> =>
    publicClient.readContract({
      ...contract,
      functionName: 'permissionUntil',
      args: [account, permissionNumber.write]
    });

  const readAnswers = async (): Promise<Answers> => {
    const [owner, deleted, everyone] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: 'owner' }),
      publicClient.readContract({ ...contract, functionName: 'deleted' }),
      untilOf(zeroAddress)
    ]);
    return { owner: addressSchema.parse(owner), deleted, everyone, until: new Map() };
  };

  const known = async (): Promise<Answers> => {
    const asked = (answers ??= readAnswers());
    try {
      return await asked;
    } catch (error) {
      if (answers === asked) answers = undefined;
      throw error;
    }
  };

  const remembered = async ({ until }: Answers, account: Address): Promise<number> => {
    const before = until.get(account);
    if (before !== undefined) return before;
    const asked = untilOf(account);
    const oldest = until.keys().next();
    if (until.size >= accountLimit && oldest.done !== true) until.delete(oldest.value);
    until.set(account, asked);
    try {
      return await asked;
    } catch (error) {
      until.delete(account);
      throw error;
    }
  };

  return {
    revision: async () => {
      try {
        await present();
      } catch (error) {
        throw translateChainError(error, streamAbi);
      }
      return revision;
    },
    holds: async (account) => {
      try {
        const { timestamp } = await present();
        const stated = await known();
        if (stated.deleted) return false;
        if (stated.owner === account || stated.everyone > timestamp) return true;
        return (await remembered(stated, account)) > timestamp;
      } catch (error) {
        throw translateChainError(error, streamAbi);
      }
    }
  };
}
