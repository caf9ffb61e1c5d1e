import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import type { Hex } from 'viem';
import { z } from 'zod';
import { localPrivateKey } from '../scripts/start/accounts.ts';
import { createMarketServer } from '../web/server.ts';
import type { MarketDocument } from '#sdk/protocol/market';
import { startTestMarket, type TestMarket } from './market.ts';

/** The command line as people start it. */
export const binary = resolve(import.meta.dirname, '../scripts/tributary/tributary.mjs');

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Lines of the standard output, read as JSON of this shape. */
  values<T extends z.ZodType = z.ZodUnknown>(schema?: T): z.output<T>[];
}

export interface RunOptions {
  readonly input?: string;
  /** Whose keys; a market without one needs none. */
  readonly home?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with everything that came so far; what it returns true for ends the run as Ctrl-C does. */
  readonly interruptWhen?: (out: string, err: string) => boolean;
}

/** A whole market behind its one origin, with accounts that have keystores. */
export interface CommandLineMarket {
  readonly market: TestMarket;
  readonly url: string;
  /** A folder of its own for an account of the local chain, with its keystore. */
  accountHome(privateKey: Hex): Promise<string>;
  /** A folder that is removed at the end. */
  folder(): string;
  run(words: readonly string[], options?: RunOptions): Promise<Ended>;
  stop(): Promise<void>;
}

/** Account that carries purchases; the usual one is a buyer in these tests. */
export const relayerIndex = 2;
const passphrase = 'correct horse battery';

export async function startCommandLineMarket(databaseUrl: string): Promise<CommandLineMarket> {
  const folders: string[] = [];
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'tributary-home-'));
    chmodSync(made, 0o700);
    folders.push(made);
    return made;
  };
  const keyFile = join(folder(), 'relayer.key');
  writeFileSync(keyFile, localPrivateKey(relayerIndex), { mode: 0o600 });
  const market = await startTestMarket({ databaseUrl, environment: { RELAYER_KEY_FILE: keyFile } });
  const { configuration, deployment } = market;
  // What the storefront says of itself, without its pages, which need a build.
  const document: MarketDocument = {
    chainId: deployment.chainId,
    rpcUrl: '/rpc',
    deployment,
    brokerUrl: '/broker',
    marketUrl: '/',
    local: true
  };
  const server = await createMarketServer({
    configuration,
    deployment,
    logger: pino({ level: 'silent' }),
    pages: (request, response, next) => {
      if (request.url !== '/market.json') {
        next();
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(document));
    }
  });
  await server.start();

  const run = (words: readonly string[], options: RunOptions = {}): Promise<Ended> => {
    const { input = '', home, environment = {}, interruptWhen } = options;
    const child = spawn(process.execPath, [binary, ...words], {
      stdio: 'pipe',
      env: {
        PATH: process.env['PATH'],
        HOME: home ?? '/nonexistent',
        TRIBUTARY_MARKET: server.url,
        ...(home === undefined
          ? {}
          : { TRIBUTARY_HOME: home, TRIBUTARY_PASSPHRASE_FROM: `file:${join(home, 'passphrase')}` }),
        ...environment
      }
    });
    let out = '';
    let err = '';
    let interrupted = false;
    const look = () => {
      if (interrupted || interruptWhen?.(out, err) !== true) return;
      interrupted = true;
      child.kill('SIGINT');
    };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
      look();
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      err += chunk;
      look();
    });
    child.stdin.end(input);
    return new Promise((ended, failed) => {
      child.once('error', failed);
      child.once('close', (code) => {
        const values: Ended['values'] = (schema) =>
          out
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => (schema ?? z.unknown()).parse(JSON.parse(line)) as z.output<NonNullable<typeof schema>>);
        ended({ code, out, err, values });
      });
    });
  };

  return {
    market,
    url: server.url,
    folder,
    run,
    accountHome: async (privateKey) => {
      const home = folder();
      writeFileSync(join(home, 'passphrase'), `${passphrase}\n`, { mode: 0o600 });
      writeFileSync(join(home, 'private-key'), privateKey, { mode: 0o600 });
      const words = ['keys', 'import', '--light', '--private-key-from', `file:${join(home, 'private-key')}`];
      const { code, err } = await run(words, { home });
      rmSync(join(home, 'private-key'));
      if (code !== 0) throw new RangeError(err);
      return home;
    },
    stop: async () => {
      await server.stop();
      await market.stop();
      for (const made of folders) rmSync(made, { recursive: true, force: true });
    }
  };
}
