import { join } from 'node:path';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import type pg from 'pg';
import { Counter, type Registry } from 'prom-client';
import { z } from 'zod';
import type { Configuration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { delegationSchema } from '#sdk/protocol/grant';
import { type Address, addressSchema, type Hex } from '#sdk/protocol/primitives';
import type { ChainClient } from '../chain/client.ts';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import { migrate } from '../database/migrate.ts';
import { parseRequest, RequestInvalidError, RequestTooLargeError } from '../http/problem-response.ts';
import { ChainReader } from './chain-reader.ts';
import { DelegationDesk } from './delegations.ts';
import { NothingDelegatedError, VaultError } from './errors.ts';
import { HeldSeeds } from './held-seeds.ts';
import { openIdentity } from './identity.ts';
import { type EraChangeOutlet, type GrantOutlet, Issuer } from './issuer.ts';
import { LeafTable } from './leaves.ts';
import { keysMigrations } from './migrations.ts';
import { readPassphrase } from './passphrase.ts';
import { licenseKey, type LicenseName, PurchaseTable } from './purchases.ts';
import { StreamSecrets } from './stream-secrets.ts';
import { Vault } from './vault.ts';
import { type Urgency, Work } from './work.ts';

export interface KeysOptions {
  readonly configuration: Configuration;
  readonly deployment: Deployment;
  readonly client: ChainClient;
  readonly head: ChainHead;
  readonly streams: StreamDirectory;
  readonly pool: pg.Pool;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly grants: GrantOutlet;
  readonly eraChanges: EraChangeOutlet;
  /** Running licences from which on a new era is given to all at once; fewer are granted one by one. */
  readonly eraChangeFrom?: number;
}

export interface Keys {
  readonly routes: Hono;
  /** Opens the vault, or makes one. @throws VaultError, PassphraseUnreadableError */
  prepare(): Promise<void>;
  /** Makes or updates the tables. */
  migrate(): Promise<void>;
  /** Begins to follow purchases; call once the tables are there. */
  begin(): void;
  stop(): Promise<void>;
}

/** A grant takes a millisecond and a kilobyte: up to this many are simpler than an era change. */
const usualEraChangeFrom = 100;
/** Bytes of a request with a delegation. */
const delegationBytes = 256 * 1024;
/** Milliseconds between two looks at grants that may have to be prolonged. */
const prolongInterval = 600_000;

/** The issuer: keeps delegated seeds, follows purchases on the chain, and grants. */
export function createKeys(options: KeysOptions): Keys {
  const { configuration, deployment, client, head, streams, pool, clock, logger, grants } = options;
  const table = new PurchaseTable(pool, deployment.genesisHash);
  const reader = new ChainReader(client, deployment, table, configuration.CONFIRMATIONS);
  const work = new Work(logger);
  const issued = new Counter({
    name: 'tributary_grants_issued_total',
    help: 'Grants sealed and handed to the relay',
    registers: [options.registry]
  });
  let opened: { held: HeldSeeds; desk: DelegationDesk; issuer: Issuer } | null = null;
  let begun = false;
  let caughtUp = false;
  let prolong: NodeJS.Timeout | undefined;

  function parts(): NonNullable<typeof opened> {
    if (opened === null) throw new VaultError('The issuer was not started.');
    return opened;
  }

  /** Grants one stream of a licence, as it stands when its turn comes: it may have ended or been rekeyed by then. */
  function grantLicense(stream: Address, license: LicenseName, urgency: Urgency): void {
    const piece = async (): Promise<void> => {
      const { readTo, purchases } = await table.purchasesOf([license], head.head.timestamp);
      const bought = purchases.get(licenseKey(license)) ?? [];
      if (bought.length === 0 || (await reader.changedAfter(readTo)).has(licenseKey(license))) return;
      for (const purchase of bought) await parts().issuer.grantPurchase(stream, purchase);
    };
    work.add(`${stream} ${licenseKey(license)}`, piece, urgency);
  }

  /** Looks at everyone who may read the stream: after a delegation, and after a restart. Purchases go before it. */
  function grantStream(stream: Address): void {
    const licenses = async (): Promise<void> => {
      // Before the licences one by one: what it brings need not be granted.
      await parts().issuer.changeEra(stream);
      for (const license of await table.licensesOf(stream, head.head.timestamp)) {
        grantLicense(stream, license, 'later');
      }
    };
    work.add(`licences of ${stream}`, licenses, 'later');
    work.add(`readers of ${stream}`, () => parts().issuer.grantReaders(stream), 'later');
  }

  function follow(): void {
    work.add('follow the chain', async () => {
      const { held, issuer } = parts();
      for (;;) {
        const news = await reader.step(head.head.number, held.streams);
        if (news === null) break;
        const sold = new Map<Hex, Address[]>();
        for (const license of news.licenses) {
          const streamsSold = sold.get(license.offerId) ?? (await table.streamsOf(license.offerId));
          sold.set(license.offerId, streamsSold);
          for (const stream of streamsSold) grantLicense(stream, license, 'urgent');
        }
        for (const stream of news.streams) work.add(`readers of ${stream}`, () => issuer.grantReaders(stream));
      }
      if (caughtUp) return;
      // What was bought while the broker was down, or cut off in the middle of granting.
      caughtUp = true;
      for (const stream of held.streams) grantStream(stream);
    });
  }

  head.onChange(() => {
    if (begun) follow();
    return Promise.resolve();
  });

  const routes = new Hono();
  routes.get('/v1/issuer', (context) => context.json(parts().desk.issuer));
  routes.get('/v1/streams/:stream/era', async (context) => {
    const { stream } = parseRequest(z.object({ stream: addressSchema }), context.req.param());
    const state = await parts().issuer.eraState(stream);
    if (state === null) throw new NothingDelegatedError(stream);
    return context.json(state);
  });
  routes.put(
    '/v1/streams/:stream/delegation',
    bodyLimit({
      maxSize: delegationBytes,
      onError: () => {
        throw new RequestTooLargeError(`A delegation has at most ${String(delegationBytes)} bytes.`);
      }
    }),
    async (context) => {
      const { stream } = parseRequest(z.object({ stream: addressSchema }), context.req.param());
      const body: unknown = await context.req.json().catch(() => {
        throw new RequestInvalidError('The body is not JSON.');
      });
      await parts().desk.accept(stream, parseRequest(delegationSchema, body));
      logger.info({ stream }, 'delegated');
      grantStream(stream);
      return context.body(null, 204);
    }
  );

  return {
    routes,
    prepare: async () => {
      const source = configuration.VAULT_PASSPHRASE_FROM;
      const passphrase = source === undefined ? undefined : await readPassphrase(source);
      const vault = await Vault.open(join(configuration.DATA_DIRECTORY, 'issuer'), passphrase);
      const identity = await openIdentity(vault);
      const held = await HeldSeeds.open(vault, deployment.genesisHash);
      const issuer = new Issuer({
        identity,
        held,
        reader,
        head,
        streams,
        grants,
        eraChanges: options.eraChanges,
        table,
        leaves: new LeafTable(pool, deployment.genesisHash, identity.account),
        secrets: new StreamSecrets(vault, deployment.genesisHash),
        eraChangeFrom: options.eraChangeFrom ?? usualEraChangeFrom,
        clock,
        issued,
        logger
      });
      opened = { held, desk: new DelegationDesk(identity, held, streams, clock), issuer };
    },
    migrate: () => migrate(pool, 'keys', keysMigrations),
    begin: () => {
      begun = true;
      follow();
      prolong = setInterval(() => {
        for (const stream of parts().held.streams) {
          work.add(`readers of ${stream}`, () => parts().issuer.grantReaders(stream), 'later');
        }
      }, prolongInterval);
    },
    stop: async () => {
      clearInterval(prolong);
      await work.stop();
    }
  };
}
