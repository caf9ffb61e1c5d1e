import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { toBytes } from 'viem';
import { z } from 'zod';
import { createPublisher } from '#sdk/actions/create-publisher';
import type { PublishedEvent } from '#sdk/actions/create-publisher';
import { readStream } from '#sdk/actions/read-stream';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import type { Market } from '#sdk/actions/connect-market';
import type { KeyPair } from '#sdk/protocol/hpke';
import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import type { Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { rootSeed } from '#sdk/protocol/slot-keys';
import type { ActingAccount } from '../acting-account.ts';
import type { Context } from '../context.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';
import { parseCount, parseStream } from './product-reference.ts';

interface PublishOptions {
  readonly partition: string;
  readonly text?: true;
  readonly keyFile?: string;
}

/** A line that is no event. */
export class LineInvalidError extends TributaryError {
  readonly code = 'line-invalid';
  readonly title = 'A line is no JSON';

  constructor(line: number) {
    super(`Line ${String(line)} is no JSON; the lines before it were published. Correct it, or publish text: --text.`);
  }
}

/** The keys of a stream are not kept here. */
export class StreamKeysMissingError extends TributaryError {
  readonly code = 'stream-keys-missing';
  readonly title = 'The keys of the stream are not here';
  override readonly status = 403;

  constructor(stream: string) {
    super(
      `The keys of ${stream} are not kept here. Give the key file that the storefront saved: --key-file, or publish from where the stream was created. Where an issuer of your own grants them, this machine needs a key of its own: tributary sell issuer ${stream} <its account>.`
    );
  }
}

export const addPublish: AddCommand = (program, run) => {
  program
    .command('publish')
    .description('publish events from the standard input: one JSON value per line')
    .argument('<stream>', 'its address; "tributary sell" creates streams')
    .option('--partition <number>', 'partition to publish on', '0')
    .option('--text', 'lines are plain text')
    .option('--key-file <file>', "key file of the stream, as the storefront's selling page saves it")
    .addHelpText(
      'after',
      `${examples(
        `echo '{"line":7,"delay":42}' | tributary publish 0x5fbd…aa3`,
        'tail -F positions.ndjson | tributary publish 0x5fbd…aa3 --json'
      )}
Events are signed with your key and encrypted unless everyone may read the stream. An event counts once the broker has
stored it: with --json, a line {offset, timestamp} each.\n`
    )
    .action(run<PublishOptions>(publish));
};

/** Events that may be on their way; reading pauses above it. */
const window = 2_000;

async function publish(context: Context, options: PublishOptions, [word = '']: readonly string[]): Promise<void> {
  const { output } = context;
  const stream = parseStream(word);
  const partition = parseCount(options.partition, '--partition', 0, 1_023);
  const market = await context.market();
  const account = await context.account();
  const keys = await keysOf(market, account, stream, options.keyFile);
  const publisher = await createPublisher({
    market,
    stream,
    partition,
    signer: account.signer,
    ...keys,
    onState: (state) => {
      if (state === 'reconnecting') output.progress('The connection broke; connecting again …');
    }
  });
  const interrupted = context.interrupted();
  const tally: Tally = { sent: 0, stored: 0, first: undefined, last: undefined, failure: undefined };
  const pending = new Set<Promise<void>>();
  const lines = createInterface({ input: context.input, crlfDelay: Number.POSITIVE_INFINITY });
  const stop = () => {
    lines.close();
  };
  interrupted.addEventListener('abort', stop, { once: true });

  const send = (content: Parameters<typeof publisher.publish>[0]) => {
    tally.sent += 1;
    const one = publisher
      .publish(content)
      .then((published) => count(tally, published, output))
      .catch((error: unknown) => {
        tally.failure ??= { error };
        stop();
      })
      .finally(() => pending.delete(one));
    pending.add(one);
  };

  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (hasFailed(tally)) break;
      if (line.trim() === '') continue;
      send(contentOf(line, number, options.text === true));
      while (pending.size >= window) await Promise.race(pending);
    }
    await Promise.all(pending);
  } finally {
    interrupted.removeEventListener('abort', stop);
    await publisher.close();
    // Those that closing gave up have said so by now.
    await Promise.all(pending);
    if (!output.json) {
      const range = tally.first === undefined ? '' : `, offsets ${String(tally.first)} to ${String(tally.last)}`;
      output.progress(`${String(tally.stored)} of ${String(tally.sent)} events stored${range}.`);
    }
  }
  if (tally.failure !== undefined) throw tally.failure.error;
  interrupted.throwIfAborted();
}

interface Tally {
  sent: number;
  stored: number;
  first: number | undefined;
  last: number | undefined;
  failure: { readonly error: unknown } | undefined;
}

/** A call, since it changes while others are awaited. */
const hasFailed = (tally: Tally) => tally.failure !== undefined;

async function count(tally: Tally, { offset, event }: PublishedEvent, output: Context['output']): Promise<void> {
  tally.stored += 1;
  tally.first = Math.min(offset, tally.first ?? offset);
  tally.last = Math.max(offset, tally.last ?? offset);
  if (output.json) await output.item({ offset, timestamp: event.timestamp, partition: event.partition }, () => '');
}

function contentOf(line: string, number: number, text: boolean) {
  if (text) return { bytes: new TextEncoder().encode(line), contentType: 'text/plain' };
  try {
    return { json: JSON.parse(line) as unknown };
  } catch {
    throw new LineInvalidError(number);
  }
}

const keyFileSchema = z.object({ stream: addressSchema, era: z.int().min(0), root: bytes32Schema });

async function keysOf(
  market: Market,
  account: ActingAccount,
  stream: Address,
  keyFile: string | undefined
): Promise<{ readonly keys?: StreamKeys; readonly keyPair?: KeyPair }> {
  if ((await readStream({ market, stream })).publicRead) return {};
  const secrets = await account.secrets();
  if (keyFile !== undefined) {
    const { era, root } = await readKeyFile(keyFile, stream);
    if (!secrets.streamKeys(stream).some((known) => known.root === root)) {
      await secrets.addStreamRoot({ stream, era, root, createdAt: Math.floor(market.clock() / 1000) });
    }
    return { keys: { era, seeds: [rootSeed(toBytes(root))] } };
  }
  // A key pair: an issuer of one's own makes the keys, and new ones when it cuts somebody off.
  const newest = secrets.newestKeys(stream);
  if (newest === undefined) throw new StreamKeysMissingError(stream);
  return newest;
}

async function readKeyFile(file: string, stream: Address) {
  try {
    const parsed = keyFileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.stream === stream) return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError || 'code' in (error as object))) throw error;
  }
  throw new StreamKeysMissingError(stream);
}
