import { desc } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import type { Database } from '../database.ts';
import { knownBlock } from '../schema.ts';
import { applyRange } from './apply-range.ts';
import { ChainMovedError, readRange } from './block-range.ts';
import { ChainUnavailableError, type Chain, type Header } from './chain.ts';
import { beginAnew, CursorMovedError, deploymentKey, readCursor, type Cursor } from './cursor.ts';
import { backoff, sizeAfterFailure, sizeAfterSuccess } from './range-size.ts';
import { undoTo } from './undo.ts';

/** The chain that answers is not the one on which the contracts were deployed. */
export class ChainMismatchError extends TributaryError {
  readonly code = 'chain-mismatch';
  readonly title = 'The chain and the deployment do not belong together';
  override readonly status = 503;
}

export interface FollowOptions {
  readonly database: Database;
  readonly chain: Chain;
  /** Asked again whenever the chain may have become another one. */
  deployment(): Promise<Deployment>;
  readonly logger: Logger;
  /** Milliseconds between two looks at the head. */
  readonly pollInterval: number;
  /** Blocks that can be undone; deeper reorganisations make everything be rebuilt. */
  readonly reorgDepth: number;
  /** Called after facts became visible. */
  onAdvance?(cursor: Cursor): void;
}

/** What is known of chain and index at a moment. */
export interface FollowState {
  readonly head: Header | null;
  /** Null until the tables speak of the right chain. */
  readonly cursor: Cursor | null;
  /** Milliseconds since 1970 when the chain last answered. */
  readonly answeredAt: number | null;
  /** What goes wrong at the moment, as a sentence. */
  readonly fault: string | null;
  readonly events: number;
  readonly reorganisations: number;
  readonly rebuilds: number;
  /** The market's schemas at the attestation service; null until the deployment is known. */
  readonly schemas: Deployment['schemas'] | null;
}

export interface Follower {
  state(): FollowState;
  /** Ends after the running transaction. */
  stop(): Promise<void>;
}

/** Milliseconds between two looks at the deployment. */
const deploymentInterval = 5_000;

/** Follows a chain into the tables until stopped: forward in ranges, back over reorganisations, anew on another chain. */
export function followChain(options: FollowOptions): Follower {
  const { database, chain, logger, reorgDepth } = options;
  const stopping = new AbortController();
  let state: FollowState = {
    head: null,
    cursor: null,
    answeredAt: null,
    fault: 'The chain was not asked yet.',
    events: 0,
    reorganisations: 0,
    rebuilds: 0,
    schemas: null
  };
  let deployment: Deployment | null = null;
  let deploymentReadAt = 0;
  let rangeSize = 1_000;

  /** Makes sure that chain, deployment and tables belong together; begins anew where the tables do not. */
  async function identify(): Promise<{ deployment: Deployment; cursor: Cursor }> {
    const [given, chainId, genesis] = await Promise.all([options.deployment(), chain.chainId(), chain.headers(0, 0)]);
    deploymentReadAt = Date.now();
    const genesisHash = genesis[0]?.hash;
    if (given.chainId !== chainId || given.genesisHash !== genesisHash) {
      const stale = await readCursor(database);
      if (stale !== null && stale.number >= 0) await clear(given, null);
      throw new ChainMismatchError(
        `The contracts were deployed on chain ${String(given.chainId)} with genesis ${given.genesisHash}; the chain that ` +
          `answers is ${String(chainId)} with genesis ${String(genesisHash)}. Deploy there, or correct CHAIN_URL or ` +
          'DEPLOYMENT_FILE.'
      );
    }
    const known = await readCursor(database);
    const cursor = known?.deployment === deploymentKey(given) && known.number >= 0 ? known : await rebuild(given);
    deployment = given;
    state = { ...state, cursor, schemas: given.schemas };
    return { deployment: given, cursor };
  }

  /** Empties the tables; the cursor then stands before the deployment's first block, or nowhere. */
  async function clear(given: Deployment, before: Header | null, karmaOrigin = 0): Promise<Cursor> {
    const start: Cursor = {
      deployment: deploymentKey(given),
      number: before?.number ?? -1,
      hash: before?.hash ?? '0x',
      timestamp: before?.timestamp ?? 0,
      foulLogs: 0,
      karmaOrigin,
      karmaHalfLife: given.karmaHalfLife,
      telling: false
    };
    await beginAnew(database, start, before);
    state = { ...state, cursor: before === null ? null : start };
    return start;
  }

  async function rebuild(given: Deployment): Promise<Cursor> {
    const number = Math.max(0, given.startBlock - 1);
    const [before] = await chain.headers(number, number);
    if (before === undefined) throw new ChainUnavailableError(`Block ${String(number)} is not there.`);
    state = { ...state, rebuilds: state.rebuilds + 1 };
    logger.info({ startBlock: given.startBlock, chainId: given.chainId }, 'building the index anew');
    return clear(given, before, await chain.number(given.contracts.Karma, 'origin()'));
  }

  /** Goes back to the last block that tables and chain have in common. */
  async function reorganise(given: Deployment, cursor: Cursor): Promise<void> {
    const [genesis] = await chain.headers(0, 0);
    if (genesis?.hash !== given.genesisHash) {
      deployment = null;
      return;
    }
    const known = await database.select().from(knownBlock).orderBy(desc(knownBlock.number));
    for (const header of known) {
      // the chain only moved while it was being read
      if (header.hash === cursor.hash && (await chain.header(header.number))?.hash === cursor.hash) return;
      if ((await chain.header(header.number))?.hash !== header.hash) continue;
      const moved = await undoTo(database, cursor, header, {
        schemas: given.schemas,
        now: Math.max(header.timestamp, Math.floor(Date.now() / 1_000))
      });
      state = { ...state, cursor: moved, reorganisations: state.reorganisations + 1 };
      logger.info({ from: cursor.number, to: moved.number }, 'undid blocks of a reorganisation');
      options.onAdvance?.(moved);
      return;
    }
    logger.warn({ depth: reorgDepth }, 'the reorganisation is deeper than what can be undone');
    await rebuild(given);
  }

  /** One look at the chain. True when there is more to do at once. */
  async function step(): Promise<boolean> {
    if (Date.now() - deploymentReadAt > deploymentInterval) deployment = null;
    const known =
      deployment === null || state.cursor === null ? await identify() : { deployment, cursor: state.cursor };
    const { cursor } = known;
    const head = await chain.head();
    state = { ...state, head, answeredAt: Date.now() };
    if (head.hash === cursor.hash) return false;
    if (head.number <= cursor.number) {
      await reorganise(known.deployment, cursor);
      return true;
    }
    const settledBelow = head.number - reorgDepth + 1;
    const journaled = cursor.number + 1 >= settledBelow;
    const end = journaled ? head.number : settledBelow - 1;
    const to = Math.min(end, cursor.number + rangeSize);
    let range;
    try {
      range = await readRange(chain, known.deployment, cursor, to, journaled);
    } catch (error) {
      if (error instanceof ChainUnavailableError) rangeSize = sizeAfterFailure(rangeSize);
      if (!(error instanceof ChainMovedError)) throw error;
      await reorganise(known.deployment, cursor);
      return true;
    }
    const applied = await applyRange(database, known.deployment, cursor, range, {
      journaled,
      settledBelow,
      now: Date.now()
    });
    rangeSize = sizeAfterSuccess(Math.max(rangeSize, 1), range.logs.length);
    state = { ...state, cursor: applied.cursor, events: state.events + applied.events };
    options.onAdvance?.(applied.cursor);
    return applied.cursor.number < head.number;
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      let wait = 0;
      try {
        if (!(await step())) wait = options.pollInterval;
        failures = 0;
        if (state.fault !== null) logger.info('the chain answers');
        state = { ...state, fault: null };
      } catch (error) {
        wait = backoff(failures);
        failures += 1;
        const fault = error instanceof TributaryError ? error.message : 'The database does not answer.';
        if (fault !== state.fault)
          logger.warn(error instanceof TributaryError ? { fault } : { fault, error }, 'the index does not advance');
        state = { ...state, fault };
        if (error instanceof CursorMovedError || error instanceof ChainMismatchError)
          state = { ...state, cursor: null };
        deployment = null;
      }
      if (wait > 0) await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    state: () => state,
    async stop() {
      stopping.abort();
      await running;
    }
  };
}
