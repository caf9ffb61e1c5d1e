import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import type { Database } from '../database.ts';
import { commonAncestor } from './ancestor.ts';
import { applyRange } from './apply-range.ts';
import { ChainMovedError, NodeFaultyError, readRange } from './block-range.ts';
import { ChainUnavailableError, type Chain, type Header } from './chain.ts';
import {
  beginAnew,
  CursorMovedError,
  deploymentKey,
  factsAreOld,
  isOfDeployment,
  readCursor,
  type Cursor
} from './cursor.ts';
import type { Nodes } from './nodes.ts';
import { measureProgress, type Progress, type ProgressMeter } from './progress.ts';
import { backoff, sizeAfterFailure, sizeAfterSuccess, startSize } from './range-size.ts';
import { createRebuild } from './rebuild-beside.ts';
import { undoTo } from './undo.ts';

/** The chain that answers is not the one on which the contracts were deployed. */
export class ChainMismatchError extends TributaryError {
  readonly code = 'chain-mismatch';
  readonly title = 'The chain and the deployment do not belong together';
  override readonly status = 503;
}

export interface FollowOptions {
  readonly database: Database;
  /** Connection string of the same database. */
  readonly databaseUrl: string;
  readonly nodes: Nodes;
  /** Asked again whenever the chain may have become another one. */
  deployment(): Promise<Deployment>;
  /** Whether this process is the one that writes; otherwise it only looks how far the one that does has come. */
  leads(): boolean;
  readonly logger: Logger;
  /** Milliseconds between two looks at the head. */
  readonly pollInterval: number;
  /** Blocks that can be undone; deeper reorganisations make everything be rebuilt. */
  readonly reorgDepth: number;
  /** Blocks behind the head as of which facts can be told. */
  readonly historyDepth: number;
  /** Whether the tables are to be built anew beside those that are there, though nothing asks for it. */
  readonly rebuild?: boolean;
  /** Milliseconds for which a head below the cursor, on the same chain, counts as a node that lags. */
  readonly lagPatience: number;
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
  /** Whether this process is the one that writes. */
  readonly leading: boolean;
  /** Null unless the index is far behind the chain. */
  readonly catchingUp: Progress | null;
  /** Null unless tables are built anew beside those that are served. */
  readonly rebuilding: Progress | null;
  /** The market's schemas at the attestation service; null until the deployment is known. */
  readonly schemas: Deployment['schemas'] | null;
}

export interface Follower {
  state(): FollowState;
  /** Looks at the chain at once. */
  wake(): void;
  /** Ends after the running transaction. */
  stop(): Promise<void>;
}

/** Milliseconds between two looks at the deployment, and between two lines about progress. */
const deploymentInterval = 5_000;
const progressInterval = 10_000;
/** Blocks from the head on which it is worth telling how long it takes. */
const farBehind = 100;

/** Follows a chain into the tables until stopped: forward in ranges, back over reorganisations, anew on another chain. */
export function followChain(options: FollowOptions): Follower {
  const { database, nodes, logger, reorgDepth } = options;
  const stopping = new AbortController();
  const rebuild = createRebuild({ database, databaseUrl: options.databaseUrl, logger });
  const stopped = () => stopping.signal.aborted;
  let waiting = new AbortController();
  let state: Omit<FollowState, 'leading' | 'rebuilding' | 'catchingUp'> = {
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
  let rangeSize = startSize;
  /** Milliseconds since 1970 when the head was first seen below the cursor. */
  let wentBackAt: number | null = null;
  /** Times in a row that a range did not fit what the same node says of the cursor. */
  let contradictions = 0;
  let meter: ProgressMeter | null = null;
  let progressToldAt = 0;
  /** Whether what an earlier process may have left beside was looked at. */
  let besideKnown = false;
  let rebuildWanted = options.rebuild === true;

  /** Makes sure that chain and deployment belong together, and tells whether the tables do. */
  async function identify(chain: Chain): Promise<{ given: Deployment; known: Cursor | null }> {
    const given = await options.deployment();
    const isRight = async (one: Chain) => {
      const [chainId, [genesis]] = await Promise.all([one.chainId(), one.headers(0, 0)]);
      return { chainId, hash: genesis?.hash, right: given.chainId === chainId && given.genesisHash === genesis?.hash };
    };
    const found = await isRight(chain);
    deploymentReadAt = Date.now();
    if (!found.right) {
      await nodes.doubt(async (one) => (await isRight(one)).right);
      const stale = options.leads() ? await readCursor(database) : null;
      if (stale !== null && stale.number >= 0) await clear(given, null);
      throw new ChainMismatchError(
        `The contracts were deployed on chain ${String(given.chainId)} with genesis ${given.genesisHash}; the chain that ` +
          `answers is ${String(found.chainId)} with genesis ${String(found.hash)}. Deploy there, or correct CHAIN_URL ` +
          'or DEPLOYMENT_FILE.'
      );
    }
    const known = await readCursor(database);
    state = { ...state, schemas: given.schemas };
    return { given, known: known !== null && known.number >= 0 && isOfDeployment(known, given) ? known : null };
  }

  /** Identifies chain and tables; begins anew where the tables speak of another market. */
  async function begin(chain: Chain): Promise<{ deployment: Deployment; cursor: Cursor }> {
    const { given, known } = await identify(chain);
    const cursor = known ?? (await buildAnew(chain, given));
    if (!besideKnown && !factsAreOld(cursor) && !rebuildWanted) await rebuild.abandon();
    besideKnown = true;
    deployment = given;
    state = { ...state, cursor };
    return { deployment: given, cursor };
  }

  /** Empties the tables; the cursor then stands before the deployment's first block, or nowhere. */
  async function clear(given: Deployment, before: Header | null, karmaOrigin = 0): Promise<Cursor> {
    const start = cursorAt(given, before, karmaOrigin);
    await rebuild.abandon();
    rebuildWanted = false;
    await beginAnew(database, start, before);
    meter = null;
    state = { ...state, cursor: before === null ? null : start };
    return start;
  }

  async function buildAnew(chain: Chain, given: Deployment): Promise<Cursor> {
    const { before, start } = await startOf(chain, given);
    state = { ...state, rebuilds: state.rebuilds + 1 };
    logger.info({ startBlock: given.startBlock, chainId: given.chainId }, 'building the index anew');
    return clear(given, before, start.karmaOrigin);
  }

  /** Goes back to the last block that tables and chain have in common. */
  async function reorganise(chain: Chain, given: Deployment, cursor: Cursor): Promise<void> {
    const [genesis] = await chain.headers(0, 0);
    if (genesis?.hash !== given.genesisHash) {
      deployment = null;
      return;
    }
    const ancestor = await commonAncestor(database, chain);
    if (ancestor?.hash === cursor.hash) {
      // the chain only moved while it was being read; but not over and over
      contradictions += 1;
      if (contradictions < 3) return;
      throw new NodeFaultyError(`The node does not say twice the same of what follows block ${String(cursor.number)}.`);
    }
    contradictions = 0;
    if (ancestor === null) {
      await nodes.doubt(async (other) => (await commonAncestor(database, other)) !== null);
      logger.warn({ depth: reorgDepth }, 'the reorganisation is deeper than what can be undone');
      await buildAnew(chain, given);
      return;
    }
    const moved = await undoTo(database, cursor, ancestor, {
      schemas: given.schemas,
      now: Math.max(ancestor.timestamp, Math.floor(Date.now() / 1_000))
    });
    state = { ...state, cursor: moved, reorganisations: state.reorganisations + 1 };
    logger.info({ from: cursor.number, to: moved.number }, 'undid blocks of a reorganisation');
    options.onAdvance?.(moved);
  }

  /** One look at the chain. True when there is more to do at once. */
  async function step(): Promise<boolean> {
    const { chain } = nodes;
    if (Date.now() - deploymentReadAt > deploymentInterval) deployment = null;
    if (!options.leads()) return watch(chain);
    const known =
      deployment === null || state.cursor === null ? await begin(chain) : { deployment, cursor: state.cursor };
    const { cursor } = known;
    const head = await seeHead(chain);
    const comparing = nodes.compare(head);
    // awaited below; until then its failure is nobody's
    comparing.catch(() => undefined);
    const settledBelow = head.number - reorgDepth + 1;
    if (head.hash === cursor.hash) {
      await comparing;
      meter = null;
      return buildBeside(chain, known.deployment, cursor, head);
    }
    if (head.number <= cursor.number) {
      await comparing;
      if (await lags(chain, head, cursor)) return false;
      await reorganise(chain, known.deployment, cursor);
      return true;
    }
    wentBackAt = null;
    const journaled = cursor.number + 1 >= settledBelow;
    const end = journaled ? head.number : settledBelow - 1;
    const to = Math.min(end, cursor.number + rangeSize);
    let range;
    try {
      range = await readRange(chain, known.deployment, cursor, to, { journaled, head });
    } catch (error) {
      // a node that has had enough would answer: only later
      if (error instanceof ChainUnavailableError && error.wait === 0) rangeSize = sizeAfterFailure(rangeSize);
      if (!(error instanceof ChainMovedError)) throw error;
      await comparing;
      await reorganise(chain, known.deployment, cursor);
      return true;
    }
    await comparing;
    const applied = await applyRange(database, known.deployment, cursor, range, {
      journaled,
      settledBelow,
      historyWanted: head.number - options.historyDepth,
      now: Date.now()
    });
    contradictions = 0;
    rangeSize = sizeAfterSuccess(Math.max(rangeSize, 1), range.logs.length);
    state = { ...state, cursor: applied.cursor, events: state.events + applied.events };
    options.onAdvance?.(applied.cursor);
    tellProgress(cursor, applied.cursor.number, head.number);
    return applied.cursor.number < head.number;
  }

  /** Whether a head below the cursor means that the node is not as far as another one was, rather than that the chain changed. */
  async function lags(chain: Chain, head: Header, cursor: Cursor): Promise<boolean> {
    if (head.number === cursor.number) return false;
    await nodes.doubt(async (other) => (await other.header(cursor.number))?.hash === cursor.hash);
    wentBackAt ??= Date.now();
    if (Date.now() - wentBackAt >= options.lagPatience) return false;
    return (await commonAncestor(database, chain))?.hash === head.hash;
  }

  /** Looks how far the process that writes has come. */
  async function watch(chain: Chain): Promise<boolean> {
    const before = state.cursor;
    if (deployment === null) deployment = (await identify(chain)).given;
    const known = await readCursor(database);
    const cursor = known !== null && known.number >= 0 && isOfDeployment(known, deployment) ? known : null;
    state = { ...state, cursor };
    await nodes.compare(await seeHead(chain));
    if (cursor !== null && cursor.hash !== before?.hash) options.onAdvance?.(cursor);
    return false;
  }

  async function seeHead(chain: Chain): Promise<Header> {
    const head = await chain.head();
    nodes.answered();
    state = { ...state, head, answeredAt: Date.now() };
    return head;
  }

  /** Where facts are of an older version of the code, or somebody wants it: one step of building them anew. */
  async function buildBeside(chain: Chain, given: Deployment, served: Cursor, head: Header): Promise<boolean> {
    if (!factsAreOld(served) && !rebuildWanted) return false;
    const swapped = await rebuild.step(
      { chain, deployment: given, served, head, reorgDepth, historyDepth: options.historyDepth },
      () => startOf(chain, given)
    );
    if (swapped === null) return true;
    rebuildWanted = false;
    state = { ...state, cursor: swapped, rebuilds: state.rebuilds + 1 };
    options.onAdvance?.(swapped);
    return true;
  }

  function tellProgress(before: Cursor, block: number, to: number): void {
    meter ??= measureProgress(before.number);
    meter.advanced(block);
    const now = Date.now();
    if (to - block < farBehind || now - progressToldAt < progressInterval) return;
    progressToldAt = now;
    logger.info(meter.progress(to), 'catching up with the chain');
  }

  /** Milliseconds to wait after a failure. */
  function afterFailure(error: unknown, failures: number): number {
    const fault = error instanceof TributaryError ? error.message : 'The database does not answer.';
    if (fault !== state.fault)
      logger.warn(error instanceof TributaryError ? { fault } : { fault, error }, 'the index does not advance');
    state = { ...state, fault };
    if (error instanceof CursorMovedError || error instanceof ChainMismatchError) state = { ...state, cursor: null };
    deployment = null;
    return error instanceof ChainUnavailableError ? nodes.failed(error) : backoff(failures);
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopped();) {
      waiting = new AbortController();
      let wait = 0;
      try {
        if (!(await step())) wait = options.pollInterval;
        failures = 0;
        if (state.fault !== null) logger.info('the chain answers');
        state = { ...state, fault: null };
      } catch (error) {
        if (stopped()) break;
        wait = afterFailure(error, failures);
        failures += 1;
      }
      // news does not hurry what fails
      const signal = failures > 0 ? stopping.signal : AbortSignal.any([stopping.signal, waiting.signal]);
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
    await rebuild.close();
  }

  const running = run();
  return {
    state: () => {
      const { head, cursor } = state;
      const behind = head !== null && cursor !== null && head.number - cursor.number > farBehind;
      return {
        ...state,
        leading: options.leads(),
        catchingUp: behind ? (meter ?? measureProgress(cursor.number)).progress(head.number) : null,
        rebuilding: rebuild.progress()
      };
    },
    wake: () => {
      waiting.abort();
    },
    async stop() {
      stopping.abort();
      await running;
    }
  };
}

function cursorAt(given: Deployment, before: Header | null, karmaOrigin: number): Cursor {
  return {
    deployment: deploymentKey(given),
    number: before?.number ?? -1,
    hash: before?.hash ?? '0x',
    timestamp: before?.timestamp ?? 0,
    foulLogs: 0,
    karmaOrigin,
    karmaHalfLife: given.karmaHalfLife,
    // nothing was there before
    historyFrom: Math.max(0, before?.number ?? 0),
    telling: false
  };
}

/** The block before a deployment's first, and the cursor there. */
async function startOf(chain: Chain, given: Deployment): Promise<{ start: Cursor; before: Header }> {
  const number = Math.max(0, given.startBlock - 1);
  const [before] = await chain.headers(number, number);
  if (before === undefined) throw new ChainUnavailableError(`Block ${String(number)} is not there.`);
  return { before, start: cursorAt(given, before, await chain.number(given.contracts.Karma, 'origin()')) };
}
