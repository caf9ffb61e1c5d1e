import { readHistory } from '#sdk/actions/read-history';
import { subscribe as openSubscription } from '#sdk/actions/subscribe';
import type { Subscription, SubscriptionState } from '#sdk/actions/subscribe';
import type { Market } from '#sdk/actions/connect-market';
import type { ReceivedEvent } from '#sdk/actions/event-reader';
import type { Start } from '#sdk/protocol/messages';
import type { Context } from '../context.ts';
import { openPosition } from '../reading/positions.ts';
import type { Position } from '../reading/positions.ts';
import { sourcesOf } from '../reading/reader.ts';
import type { Source } from '../reading/reader.ts';
import { createEventView, eventLine } from '../reading/shown-event.ts';
import { UsageError, parsePeriod, parseTime } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';
import { parseCount, parseTarget } from './product-reference.ts';

interface SubscribeOptions {
  readonly from?: string;
  readonly partition?: string;
  readonly limit?: string;
  readonly for?: string;
  readonly follow: boolean;
  readonly resume?: true;
  readonly all?: true;
}

export const addSubscribe: AddCommand = (program, run) => {
  program
    .command('subscribe')
    .description('read a product or stream: verified, decrypted, one line per event')
    .argument('<product or stream>', 'an id, an address, or the address of a page')
    .option('--from <start>', 'now, start, last:<count>, offset:<offset>, or a time (default: now)')
    .option('--partition <number>', 'only this partition of each stream')
    .option('-n, --limit <count>', 'end after so many events')
    .option('--for <period>', 'end after this time: 30s, 10m')
    .option('--no-follow', 'end with what is stored')
    .option('--resume', 'go on where the last run with --resume ended')
    .option('--all', 'also events that are locked, or not to be believed')
    .addHelpText(
      'after',
      `${examples(
        'tributary subscribe 0x3c44…01',
        'tributary subscribe 0x3c44…01 --from last:20 --no-follow',
        "tributary subscribe 0x3c44…01 --json --resume | jq -c 'select(.json.delay > 60)'"
      )}
With --json an event is a line with stream, partition, offset, timestamp (ms), origin, contentType, verified, and its
content as one of json, text and base64. With --resume every event is shown at least once.\n`
    )
    .action(run<SubscribeOptions>(subscribe));
};

async function subscribe(context: Context, options: SubscribeOptions, [word = '']: readonly string[]): Promise<void> {
  const { output, accounts, settings } = context;
  const target = parseTarget(word);
  const start = startOf(options.from);
  const partition =
    options.partition === undefined ? undefined : parseCount(options.partition, '--partition', 0, 1_023);
  const limit = options.limit === undefined ? undefined : parseCount(options.limit, '--limit', 1, 1_000_000_000);
  const duration = options.for === undefined ? undefined : parsePeriod(options.for) * 1000;
  const market = await context.market();
  const sources = await sourcesOf({ market, accounts, target, partition });
  warnLocked(context, sources);
  const view = createEventView(market);
  const ended = new AbortController();
  const interrupted = context.interrupted();
  const signal = AbortSignal.any([ended.signal, interrupted]);
  const timer = duration === undefined ? undefined : setTimeout(() => ended.abort(), duration);
  let left = limit ?? Number.POSITIVE_INFINITY;
  let hidden = 0;

  const take = async (received: ReceivedEvent, again: boolean, position: Position | undefined) => {
    if (left <= 0) return;
    const readable = received.content !== undefined;
    if (readable || options.all === true) {
      const shown = await view(received, again);
      left -= 1;
      await output.item(shown, () => eventLine(shown, sources.length > 1));
    } else hidden += 1;
    await position?.shown(received.offset, received.locked === 'waiting-for-key');
    if (left <= 0) ended.abort();
  };

  const read = async (source: Source) => {
    const { stream } = source;
    const position =
      options.resume === true ? await openPosition(settings.home, market, stream, source.partition) : undefined;
    const from = position?.start === undefined ? start : { offset: position.start };
    try {
      if (options.follow) await follow({ market, source, from, signal, take, position, context });
      else await readStored({ market, source, from, signal, take, position });
    } finally {
      await position?.save();
    }
  };

  try {
    await Promise.all(sources.map(read));
  } finally {
    clearTimeout(timer);
    // One that failed ends the others.
    ended.abort();
  }
  if (hidden > 0) output.progress(`${String(hidden)} events could not be read or believed; --all shows them.`);
  interrupted.throwIfAborted();
}

/** Where to begin; undefined: with the next event. */
function startOf(text: string | undefined): Start | undefined {
  if (text === undefined || text === 'now') return undefined;
  if (text === 'start') return { offset: 0 };
  const [kind, value = ''] = text.split(':', 2);
  if (kind === 'last') return { last: parseCount(value, '--from last', 1, 10_000) };
  if (kind === 'offset') return { offset: parseCount(value, '--from offset', 0, Number.MAX_SAFE_INTEGER) };
  return { timestamp: parseTime(text) * 1000 };
}

/** Says which streams are not public and nothing opens here. */
function warnLocked({ output }: Context, sources: readonly Source[]): void {
  const locked = sources.filter(
    ({ session, reader, keys }) => session !== undefined && reader === undefined && keys.length === 0
  );
  for (const stream of new Set(locked.map((source) => source.stream))) {
    output.progress(`No licence to ${stream} is kept here. Find one: tributary search --stream ${stream}`);
  }
}

interface Reading {
  readonly market: Market;
  readonly source: Source;
  readonly from: Start | undefined;
  readonly signal: AbortSignal;
  readonly take: (received: ReceivedEvent, again: boolean, position: Position | undefined) => Promise<void>;
  readonly position: Position | undefined;
}

/** Events that one request brings. */
const page = 1_000;

async function readStored({ market, source, from, signal, take, position }: Reading): Promise<void> {
  const { stream, partition, session, reader, keys } = source;
  if (from === undefined)
    throw new UsageError('Say where to begin: --from start, last:<count>, offset:<offset> or a time.');
  // More than a page of the last events: from the first of them on.
  let start: Start | undefined = from;
  while (start !== undefined && !isOver(signal)) {
    const asked: number = 'last' in start ? Math.min(start.last, page) : page;
    const events = await readHistory({
      market,
      stream,
      partition,
      from: start,
      limit: asked,
      session,
      keys,
      ...(reader === undefined ? {} : { reader })
    });
    for (const event of events) {
      if (isOver(signal)) return;
      await take(event, false, position);
    }
    const last = events.at(-1);
    start = last === undefined || events.length < asked ? undefined : { offset: last.offset + 1 };
  }
}

async function follow(reading: Reading & { readonly context: Context }): Promise<void> {
  const { market, source, from, signal, take, position, context } = reading;
  const { stream, partition, session, reader, keys } = source;
  const subscription: Subscription = await openSubscription({
    market,
    stream,
    partition,
    session,
    keys,
    ...(from === undefined ? {} : { from }),
    ...(reader === undefined ? {} : { reader }),
    onState: createStateTeller(context, stream)
  });
  const close = () => {
    subscription.close();
  };
  if (isOver(signal)) close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const received of subscription) {
      if (isOver(signal)) break;
      await take(received, received.again, position);
    }
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

/** A call, since it changes while others are awaited. */
const isOver = (signal: AbortSignal) => signal.aborted;

/** Says what changes, once each. */
function createStateTeller({ output }: Context, stream: string): (state: SubscriptionState) => void {
  let told = '';
  const tell = (text: string) => {
    if (text === told) return;
    told = text;
    output.progress(`${stream.slice(0, 10)}: ${text}`);
  };
  return ({ connection, keys }) => {
    if (connection === 'reconnecting') tell('the connection broke; connecting again …');
    else if (connection === 'live') {
      if (keys === 'ended') tell('live; your licence has ended: renew it with "tributary buy"');
      else if (keys === 'waiting') tell('live; the key of your licence has not come yet');
      else tell('live');
    }
  };
}
