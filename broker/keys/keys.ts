import { join } from 'node:path';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { Configuration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { delegationSchema } from '#sdk/protocol/grant';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import type { ChainClient } from '../chain/client.ts';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import { migrate } from '../database/migrate.ts';
import { parseRequest, RequestInvalidError, RequestTooLargeError } from '../http/problem-response.ts';
import { ChainReader } from './chain-reader.ts';
import { DelegationDesk } from './delegations.ts';
import { NothingDelegatedError, VaultError } from './errors.ts';
import { CutOffs } from './cut-offs.ts';
import { makeEraChangeAside } from './era-change-maker.ts';
import { EraChanges } from './era-changes.ts';
import { HeldSeeds } from './held-seeds.ts';
import { openIdentity } from './identity.ts';
import { Issuance } from './issuance.ts';
import { type EraChangeOutlet, type GrantOutlet, Issued } from './issued.ts';
import { Issuer } from './issuer.ts';
import { Leadership } from './leadership.ts';
import { LeafTable } from './leaves.ts';
import { IssuerMetrics } from './metrics.ts';
import { keysMigrations } from './migrations.ts';
import { type EraTiming, OwnEras } from './own-eras.ts';
import { readPassphrase } from './passphrase.ts';
import { PurchaseTable } from './purchases.ts';
import { SellerStreams } from './seller-streams.ts';
import { StreamSecrets } from './stream-secrets.ts';
import { Vault } from './vault.ts';
import { Work } from './work.ts';

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
  /** Folder in the data folder that holds the vault: issuer, unless said otherwise. */
  readonly folder?: string;
  /** Sellers whose streams' keys are made here, and when a new era is begun by itself. */
  readonly sellers?: EraTiming & { readonly accounts: readonly Address[] };
}

export interface Keys {
  readonly routes: Hono;
  /** Account that signs the grants, once prepared. */
  readonly account: Address;
  /** Whether this process issues; another one with the same vault and database may. */
  readonly leads: boolean;
  /** What waits, and streams of which keys are held. */
  readonly waiting: number;
  readonly served: readonly Address[];
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

/** What there is once the vault is open. */
interface Opened {
  readonly account: Address;
  readonly held: HeldSeeds;
  readonly desk: DelegationDesk;
  readonly cutOffs: CutOffs;
  readonly table: PurchaseTable;
  readonly issuance: Issuance;
  readonly leadership: Leadership;
}

/** The issuer: keeps stream secrets, follows purchases on the chain, and grants. */
export function createKeys(options: KeysOptions): Keys {
  const { configuration, deployment, client, head, streams, pool, clock, logger, grants, sellers } = options;
  let opened: Opened | null = null;
  const metrics = new IssuerMetrics(options.registry, {
    queue: () => work.size + (opened?.issuance.waiting ?? 0),
    leads: () => opened?.leadership.leads ?? false,
    vault: () =>
      opened === null ? 'closed' : configuration.VAULT_PASSPHRASE_FROM === undefined ? 'open-key' : 'sealed-key',
    cutOffsDue: () => opened?.cutOffs.lastDue ?? new Map()
  });
  const work = new Work(logger, () => {
    metrics.failures.inc();
  });

  function parts(): Opened {
    if (opened === null) throw new VaultError('The issuer was not started.');
    return opened;
  }

  async function open(): Promise<Opened> {
    const source = configuration.VAULT_PASSPHRASE_FROM;
    const passphrase = source === undefined ? undefined : await readPassphrase(source);
    const vault = await Vault.open(join(configuration.DATA_DIRECTORY, options.folder ?? 'issuer'), passphrase);
    const identity = await openIdentity(vault);
    const { account } = identity;
    const genesis = deployment.genesisHash;
    const held = await HeldSeeds.open(vault, genesis);
    const table = new PurchaseTable(pool, genesis, account);
    const leaves = new LeafTable(pool, genesis, account);
    const reader = new ChainReader(client, deployment, table, configuration.CONFIRMATIONS);
    const secrets = new StreamSecrets(vault, genesis);
    const issued = new Issued({ issuer: account, grants, eraChanges: options.eraChanges, leaves });
    const { signer } = identity;
    const common = { held, reader, table, leaves, head, streams, issued, clock, metrics, logger };
    const cutOffs = new CutOffs(common);
    const seller = sellers && {
      timing: sellers,
      streams: new SellerStreams({ client, deployment, streams, issuer: account, sellers: sellers.accounts }),
      eras: new OwnEras({ held, streams, account, lead: sellers.lead, clock, logger })
    };
    const issuance = new Issuance({
      ...common,
      issuer: new Issuer({ ...common, signer, secrets }),
      eraChanges: new EraChanges({
        ...common,
        signer,
        secrets,
        from: options.eraChangeFrom ?? usualEraChangeFrom,
        make: makeEraChangeAside
      }),
      cutOffs,
      work,
      ...(seller !== undefined && { seller })
    });
    const leadership = new Leadership({
      databaseUrl: configuration.DATABASE_URL ?? '',
      name: `${genesis} ${account}`,
      logger,
      onGain: async () => {
        await table.adopt();
        await held.reload();
        // Brokers have grants of before that bring keys of other leaves: what is granted from now on needs another era.
        if (seller !== undefined && !(await leaves.isNumbered())) {
          for (const stream of held.streams) if (seller.eras.isOwn(stream)) await seller.eras.next(stream);
        }
        secrets.use(await leaves.book());
        issuance.begin();
      },
      onLose: () => {
        issuance.end();
        work.clear();
      },
      onNews: (news) => {
        const stream = news === null ? undefined : addressSchema.safeParse(news).data;
        work.add(`vault ${stream ?? ''}`, async () => {
          await held.reload(stream);
          if (leadership.leads && stream !== undefined) issuance.grantStream(stream);
        });
      }
    });
    return {
      account,
      held,
      desk: new DelegationDesk(identity, held, streams, clock),
      cutOffs,
      table,
      issuance,
      leadership
    };
  }

  head.onChange(() => {
    opened?.issuance.follow();
    return Promise.resolve();
  });

  const routes = new Hono();
  routes.get('/v1/issuer', (context) => context.json(parts().desk.issuer));
  routes.get('/v1/streams/:stream/era', async (context) => {
    const { stream } = parseRequest(z.object({ stream: addressSchema }), context.req.param());
    const state = await parts().cutOffs.state(stream);
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
      const delegation = parseRequest(delegationSchema, body);
      const { leadership, held, desk } = parts();
      // Others with the same vault may be asked to keep something at the same time.
      await leadership.alone(pool, async () => {
        await held.reload(stream);
        await desk.accept(stream, delegation);
      });
      logger.info({ stream }, 'delegated');
      await leadership.tell(pool, stream);
      return context.body(null, 204);
    }
  );

  return {
    routes,
    get account() {
      return parts().account;
    },
    get leads() {
      return opened?.leadership.leads ?? false;
    },
    get waiting() {
      return work.size + parts().issuance.waiting;
    },
    get served() {
      return parts().held.streams;
    },
    prepare: async () => {
      opened = await open();
    },
    migrate: () => migrate(pool, 'keys', keysMigrations),
    begin: () => {
      parts().leadership.start();
    },
    stop: async () => {
      await opened?.leadership.stop();
      opened?.issuance.end();
      await work.stop();
    }
  };
}
