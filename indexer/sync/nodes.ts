import type { Logger } from 'pino';
import { ChainUnavailableError, openChain, type Chain, type ChainOptions, type Header } from './chain.ts';
import { backoff } from './range-size.ts';

/** The node that was asked is not to be believed at the moment. */
export class NodeSetAsideError extends ChainUnavailableError {
  override readonly code = 'node-set-aside';
  override readonly title = 'A node of the chain is set aside';
}

/** Several nodes of one chain, of which one is asked at a time. */
export interface Nodes {
  /** The node to ask: the first, in the order in which they are configured, of those that are well. */
  readonly chain: Chain;
  /** The node that was asked has answered. */
  answered(): void;
  /** The node that was asked failed: it rests. @returns milliseconds until there is a node to ask. */
  failed(error: ChainUnavailableError): number;
  /**
   * Asks the others for their heads: for every new head, and once in a while without one. One that lags, or that has
   * another block where most have this one, rests; where two disagree, the one that is configured first counts.
   *
   * @param head Of the node that is asked at the moment.
   * @throws {@link NodeSetAsideError} when that node is the one that lags or that most contradict.
   */
  compare(head: Header): Promise<void>;
  /**
   * Asks the others whether the node that is asked at the moment may be wrong, where believing it would cost much.
   *
   * @param isRight Whether a node says what was expected.
   * @throws {@link NodeSetAsideError} when one of them does; the node that does not then rests.
   */
  doubt(isRight: (chain: Chain) => Promise<boolean>): Promise<void>;
}

export interface NodesOptions extends ChainOptions {
  readonly logger: Logger;
  /** Milliseconds between two comparisons of the same head. */
  readonly compareInterval?: number;
}

/** Blocks that a node may lag behind the others. */
const tolerableLag = 3;
/** Milliseconds for which a node rests that says what others do not, and at most for one that fails while others do not. */
const liarRest = 30_000;
const longestRest = 15_000;

interface Node {
  readonly name: string;
  readonly chain: Chain;
  well: boolean;
  failures: number;
  /** Milliseconds since 1970 from which on it may be asked again. */
  restsUntil: number;
}

/** @param urls At least one, the best first. */
export function openNodes(urls: readonly string[], options: NodesOptions): Nodes {
  const { logger, compareInterval = 1_000 } = options;
  const nodes: Node[] = urls.map((url) => ({
    // never more of the address: it may hold a key
    name: new URL(url).host,
    chain: openChain(url, options),
    well: true,
    failures: 0,
    restsUntil: 0
  }));
  let current = nodes[0];
  let comparedAt = 0;
  let comparedHash = '';

  function choose(): Node {
    const next =
      nodes.find(({ well }) => well) ?? [...nodes].sort((one, other) => one.restsUntil - other.restsUntil)[0];
    if (next === undefined) throw new ChainUnavailableError('No node of the chain is configured: set CHAIN_URL.');
    if (next !== current) logger.warn({ node: next.name }, 'another node of the chain is asked');
    current = next;
    return next;
  }

  function rest(node: Node, reason: string, milliseconds: number): void {
    if (node.well && nodes.length > 1) logger.warn({ node: node.name, reason }, 'a node of the chain is set aside');
    node.well = false;
    node.restsUntil = Date.now() + milliseconds;
  }

  function recovered(node: Node): void {
    if (!node.well && nodes.length > 1) logger.info({ node: node.name }, 'a node of the chain is well again');
    node.well = true;
    node.failures = 0;
  }

  function failed(node: Node, error: unknown): void {
    node.failures += 1;
    const wait = error instanceof ChainUnavailableError ? error.wait : 0;
    const alone = nodes.length === 1;
    const usual = alone ? backoff(node.failures - 1) : Math.min(longestRest, 500 * 2 ** Math.min(node.failures, 10));
    rest(node, error instanceof Error ? error.message : 'it failed', Math.max(wait, usual));
  }

  /** What another node says, or null where it says nothing. */
  async function ask(node: Node, number: number) {
    try {
      const [head, same] = await Promise.all([node.chain.head(), node.chain.header(number)]);
      return { node, head, same };
    } catch (error) {
      failed(node, error);
      return null;
    }
  }

  return {
    get chain() {
      return choose().chain;
    },
    answered() {
      if (current !== undefined && nodes.length === 1) recovered(current);
    },
    failed(error) {
      if (current !== undefined && !(error instanceof NodeSetAsideError)) failed(current, error);
      const next = choose();
      return next.well ? 0 : Math.max(0, next.restsUntil - Date.now());
    },
    async compare(head) {
      const mine = current;
      const now = Date.now();
      if (
        mine === undefined ||
        nodes.length === 1 ||
        (head.hash === comparedHash && now - comparedAt < compareInterval)
      )
        return;
      comparedAt = now;
      comparedHash = head.hash;
      const others = nodes.filter((node) => node !== mine && (node.well || node.restsUntil <= now));
      const answers = (await Promise.all(others.map((node) => ask(node, head.number)))).flatMap(
        (answer) => answer ?? []
      );
      const agreeing = answers.filter(({ same }) => same?.hash === head.hash);
      const contradicting = answers.filter(({ same }) => same !== null && same.hash !== head.hash);
      const against = largestGroup(contradicting.map(({ same }) => same?.hash));
      const mineCounts = 1 + agreeing.length;
      const first = nodes.find((node) => node === mine || contradicting.some((answer) => answer.node === node));
      if (against > mineCounts || (against === mineCounts && first !== mine)) {
        rest(mine, `it has another block ${String(head.number)} than others`, liarRest);
        for (const { node } of contradicting) recovered(node);
        throw new NodeSetAsideError(`The nodes of the chain disagree about block ${String(head.number)}.`);
      }
      for (const { node } of contradicting) {
        rest(node, `it has another block ${String(head.number)} than others`, liarRest);
      }
      for (const { node, head: theirs, same } of answers) {
        if (same === null && theirs.number < head.number - tolerableLag) {
          rest(node, `it is at block ${String(theirs.number)} while others are at ${String(head.number)}`, 5_000);
        }
      }
      for (const { node, head: theirs, same } of answers) {
        if (same?.hash === head.hash || (same === null && theirs.number >= head.number - tolerableLag)) recovered(node);
      }
      const ahead = Math.max(...agreeing.map(({ head: theirs }) => theirs.number), head.number);
      if (ahead > head.number + tolerableLag) {
        rest(mine, `it is at block ${String(head.number)} while others are at ${String(ahead)}`, 5_000);
        throw new NodeSetAsideError(`The node is at block ${String(head.number)} of ${String(ahead)}.`);
      }
      recovered(mine);
    },
    async doubt(isRight) {
      const mine = current;
      const others = nodes.filter((node) => node !== mine);
      const right = await Promise.all(
        others.map((node) => isRight(node.chain).catch((error: unknown) => (failed(node, error), false)))
      );
      if (mine === undefined || !right.some(Boolean)) return;
      rest(mine, 'it says what others do not', liarRest);
      for (const [index, node] of others.entries()) if (right[index] === true) recovered(node);
      throw new NodeSetAsideError('One node of the chain says what others do not.');
    }
  };
}

/** How many of the values are the same, at most. */
function largestGroup(values: readonly unknown[]): number {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
