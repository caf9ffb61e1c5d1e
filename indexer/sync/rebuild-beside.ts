import type { Logger } from 'pino';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Database } from '../database.ts';
import { commonAncestor } from './ancestor.ts';
import { applyRange } from './apply-range.ts';
import { ChainMovedError, readRange } from './block-range.ts';
import type { Chain, Header } from './chain.ts';
import { beginAnew, deploymentKey, readCursor, type Cursor } from './cursor.ts';
import { measureProgress, type Progress, type ProgressMeter } from './progress.ts';
import { sizeAfterSuccess, startSize } from './range-size.ts';
import {
  createTablesBeside,
  dropTablesBeside,
  openTablesBeside,
  swapTables,
  tablesBesideExist,
  type TablesBeside
} from './tables-beside.ts';
import { undoTo } from './undo.ts';

export interface RebuildOptions {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly logger: Logger;
}

/** Where the chain and the tables that are served stand, while others are built beside. */
export interface RebuildMoment {
  readonly chain: Chain;
  readonly deployment: Deployment;
  /** Cursor of the tables that are served. */
  readonly served: Cursor;
  readonly head: Header;
  /** Blocks that can be undone. */
  readonly reorgDepth: number;
  /** Blocks behind the head as of which facts can be told. */
  readonly historyDepth: number;
}

/** Builds the tables of a chain anew while the old ones are served and go on, then puts the new in their place. */
export interface Rebuild {
  /**
   * One range more, or the swap.
   *
   * @param begin The cursor before the deployment's first block, and that block's header.
   * @returns the cursor of the tables that are served from now on, once they are swapped; null before.
   */
  step(moment: RebuildMoment, begin: () => Promise<{ start: Cursor; before: Header }>): Promise<Cursor | null>;
  /** Null while nothing is built. */
  progress(): Progress | null;
  /** Throws away what was built. */
  abandon(): Promise<void>;
  /** Leaves what was built for the next start. */
  close(): Promise<void>;
}

export function createRebuild({ database, databaseUrl, logger }: RebuildOptions): Rebuild {
  let tables: TablesBeside | null = null;
  let cursor: Cursor | null = null;
  let meter: ProgressMeter | null = null;
  let target = 0;
  let rangeSize = startSize;

  async function close(): Promise<void> {
    await tables?.close();
    tables = null;
    cursor = null;
    meter = null;
  }

  async function open(
    { deployment }: RebuildMoment,
    begin: () => Promise<{ start: Cursor; before: Header }>
  ): Promise<{ tables: TablesBeside; cursor: Cursor; meter: ProgressMeter }> {
    if (tables !== null && cursor !== null && meter !== null) return { tables, cursor, meter };
    const opened = openTablesBeside(databaseUrl, (error) => {
      logger.warn({ error }, 'a database connection was lost');
    });
    tables = opened;
    // what an earlier process began is gone on with
    let known = (await tablesBesideExist(database)) ? await readCursor(opened.database) : null;
    if (known?.deployment !== deploymentKey(deployment)) {
      const { start, before } = await begin();
      await createTablesBeside(database);
      await beginAnew(opened.database, start, before, { quiet: true });
      known = start;
    }
    logger.info({ from: known.number }, 'building the tables anew beside those that are served');
    cursor = known;
    meter = measureProgress(known.number);
    return { tables: opened, cursor, meter };
  }

  return {
    async step(moment, begin) {
      const { chain, deployment, served, head, reorgDepth, historyDepth } = moment;
      const settledBelow = head.number - reorgDepth + 1;
      const building = await open(moment, begin);
      const beside = building.tables.database;
      const rowOptions = {
        schemas: deployment.schemas,
        now: Math.max(served.timestamp, Math.floor(Date.now() / 1_000))
      };
      target = served.number;
      if (building.cursor.hash === served.hash) {
        const swapped = await swapTables(database, served, building.cursor, rowOptions);
        await close();
        logger.info({ block: swapped.number }, 'the tables that were built anew are served from now on');
        return swapped;
      }
      const first = building.cursor.number + 1;
      const journaled = first >= settledBelow;
      const to = Math.min(journaled ? target : settledBelow - 1, target, building.cursor.number + rangeSize);
      try {
        if (to < first) throw new ChainMovedError('The tables beside are ahead of those that are served.');
        const range = await readRange(chain, deployment, building.cursor, to, { journaled, head });
        const historyWanted = head.number - historyDepth;
        const options = { journaled, settledBelow, historyWanted, now: Date.now(), quiet: true };
        cursor = (await applyRange(beside, deployment, building.cursor, range, options)).cursor;
        rangeSize = sizeAfterSuccess(rangeSize, range.logs.length);
        building.meter.advanced(cursor.number);
      } catch (error) {
        if (!(error instanceof ChainMovedError)) throw error;
        const ancestor = await commonAncestor(beside, chain);
        if (ancestor === null) {
          await close();
          await dropTablesBeside(database);
        } else {
          cursor = await undoTo(beside, building.cursor, ancestor, rowOptions, { quiet: true });
        }
      }
      return null;
    },
    progress: () => meter?.progress(target) ?? null,
    async abandon() {
      await close();
      await dropTablesBeside(database);
    },
    close
  };
}
