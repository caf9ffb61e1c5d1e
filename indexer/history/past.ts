import { eq } from 'drizzle-orm';
import type pg from 'pg';
import { BlockNotFoundError } from 'viem';
import type { BlockWanted } from '#sdk/protocol/discovery/past';
import type { Hex } from '#sdk/protocol/primitives';
import { withSnapshot } from './snapshot.ts';
import type { Services } from '../api/services.ts';
import { knownBlock } from '../schema.ts';
import type { View } from '../search/view.ts';
import { readCursor, type Cursor } from '../sync/cursor.ts';
import { BlockBeforeMarketError, BlockForgottenError, BlockUnknownError, BlockUnreadableError } from './errors.ts';
import { statementAtBlock } from './facts-at-block.ts';

/** A block of the chain that is indexed. */
export interface PastBlock {
  readonly number: number;
  readonly hash: Hex;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** Tells facts as of past blocks. */
export interface Past {
  /**
   * Runs a reading on the facts as they were when a block was the last one, and by its time.
   *
   * @throws {@link BlockUnknownError}, {@link BlockBeforeMarketError}, {@link BlockForgottenError},
   * {@link BlockUnreadableError}
   */
  read<Result>(wanted: BlockWanted, reading: (view: View) => Promise<Result>): Promise<Result>;
}

export function createPast({ view, market }: Pick<Services, 'view' | 'market'>, pool: pg.Pool): Past {
  /** What the chain says of a block; null where it has none such. */
  async function onChain(wanted: BlockWanted): Promise<PastBlock | null> {
    const { publicClient } = await market();
    try {
      const block = await publicClient.getBlock(
        'hash' in wanted ? { blockHash: wanted.hash } : { blockNumber: BigInt(wanted.number) }
      );
      const found = { number: Number(block.number), hash: block.hash, timestamp: Number(block.timestamp) };
      // a node may still know blocks that are not of the chain any more
      if (!('hash' in wanted)) return found;
      const there = await onChain({ number: found.number });
      return there?.hash === found.hash ? found : null;
    } catch (cause) {
      if (cause instanceof BlockNotFoundError) return null;
      const detail =
        'The index asks the chain for the time of the block, and it does not answer. Try again in a moment.';
      throw new BlockUnreadableError(detail, { cause });
    }
  }

  async function find(wanted: BlockWanted): Promise<PastBlock> {
    const [near] = await view.database
      .select()
      .from(knownBlock)
      .where('hash' in wanted ? eq(knownBlock.hash, wanted.hash) : eq(knownBlock.number, wanted.number));
    const { number: head = -1 } = (await readCursor(view.database)) ?? {};
    if ('number' in wanted && wanted.number > head) throw beyond(head);
    const found = near ?? (await onChain(wanted));
    if (found === null) {
      throw new BlockUnknownError('No block of this chain has this hash. A reorganisation may have taken it back.');
    }
    return found;
  }

  return {
    async read(wanted, reading) {
      const block = await find(wanted);
      return withSnapshot(
        pool,
        async (database, plain) => {
          check(block, await readCursor(plain));
          return reading({ ...view, database, now: () => block.timestamp, at: block });
        },
        (text) => statementAtBlock(text, block.number)
      );
    }
  };
}

/** In the same moment of the tables in which the facts are read. */
function check(block: PastBlock, cursor: Cursor | null): void {
  if (cursor === null || block.number > cursor.number) throw beyond(cursor?.number ?? -1);
  const first = Number(cursor.deployment.split(' ')[3]);
  if (block.number < first) {
    throw new BlockBeforeMarketError(`The contracts of this market stand on the chain since block ${String(first)}.`);
  }
  if (block.number < cursor.historyFrom) {
    throw new BlockForgottenError(
      `This index tells facts as of block ${String(cursor.historyFrom)} and later ones. Ask graph-node, or a node of the ` +
        'chain that keeps its states.'
    );
  }
}

function beyond(head: number): BlockUnknownError {
  return new BlockUnknownError(
    `The last block that is indexed is ${String(head)}. Ask for that one or an earlier one.`
  );
}
