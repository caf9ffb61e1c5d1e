import * as z from 'zod';
import { TributaryError } from './problem.ts';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);
const url = (protocol: RegExp) => z.url({ protocol });
const http = /^https?$/;
const retention = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 50)
  .optional();
const account = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address: 0x and 40 hexadecimal digits');

/**
 * Everything that can be configured, in one place. Processes read it from their environment; `npm start` sets what it
 * starts itself. `.env.example` is generated from these descriptions.
 */
export const configurationSchema = z.object({
  DATA_DIRECTORY: z
    .string()
    .default('.tributary')
    .describe('Folder for all data of a local market: database, chain, documents, keys, logs.'),
  HOST: z.string().default('127.0.0.1').describe('Address on which the market listens.'),
  PORT: port(4400).describe('Port of the one origin: storefront, API, GraphQL, WebSocket and /ipfs/.'),
  PUBLIC_URL: url(http)
    .optional()
    .describe('Address under which people reach the market, where it differs from http://localhost:PORT.'),
  CHAIN_PORT: port(4401).describe('Port of the local chain (anvil).'),
  DATABASE_PORT: port(4402).describe('Port of the local Postgres.'),
  BROKER_PORT: port(4403).describe('Port of the broker.'),
  INDEXER_PORT: port(4404).describe('Port of the indexer.'),
  SUBGRAPH_PORT: port(4405).describe("Port of graph-node's GraphQL; the four ports after it are its other interfaces."),
  CHAIN_URL: url(/^(?:https?|wss?)$/)
    .optional()
    .describe('JSON-RPC of the chain. Set it to use a chain of your own instead of a local one.'),
  CHAIN_URLS: z
    .string()
    .regex(/^(?:https?|wss?):\/\/[^\s,]+(?:,(?:https?|wss?):\/\/[^\s,]+)*$/, 'must be URLs with commas between them')
    .optional()
    .describe(
      'More nodes of the same chain for the indexer, with commas between them. It asks the first that is well, CHAIN_URL ' +
        'before these, and compares what they say; those at ws:// or wss:// tell it of new blocks at once.'
    ),
  HISTORY_BLOCKS: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000_000)
    .default(50_000)
    .describe(
      'Blocks behind the head as of which the indexer can tell the facts; each change costs a row in its journal.'
    ),
  CONFIRMATIONS: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('Blocks on top of a purchase before keys are granted. 0 suits a local chain.'),
  DEPLOYMENT_FILE: z
    .string()
    .optional()
    .describe('Record of the deployed contracts; by default deployment.json in the data folder.'),
  DATABASE_URL: url(/^postgres(?:ql)?$/)
    .optional()
    .describe('A Postgres of your own (18 or newer), instead of the one that comes along.'),
  RETENTION_SECONDS: retention.describe(
    'Seconds for which the broker keeps the events of streams of which nothing was set; absent: for ever.'
  ),
  RETENTION_BYTES: retention.describe(
    'Bytes per partition that the broker keeps of such streams: the newest events that fit; absent: all.'
  ),
  RETENTION_MOST_SECONDS: retention.describe(
    'Seconds for which events of any stream are kept at most, whatever its owner sets; absent: no bound.'
  ),
  RETENTION_MOST_BYTES: retention.describe(
    'Bytes per partition that are kept of any stream at most, whatever its owner sets; absent: no bound.'
  ),
  NATS_URL: z
    .string()
    .regex(
      /^(?:nats|tls):\/\/[^\s,]+(?:,(?:nats|tls):\/\/[^\s,]+)*$/,
      'must be nats:// or tls:// URLs, with commas between'
    )
    .optional()
    .describe(
      'A NATS server with JetStream that keeps the events, instead of Postgres: nats://[user:password@]host:4222, those ' +
        'of a cluster with commas between them. Version 2.12 or newer with sync_interval: always; see README.md.'
    ),
  NATS_CREDENTIALS_FILE: z
    .string()
    .optional()
    .describe('File (.creds) with which the broker signs in at NATS, instead of a user and a password in NATS_URL.'),
  NATS_MONITORING_URL: url(http)
    .optional()
    .describe('Monitoring port of the NATS server (http://host:8222), asked whether it is set up to lose nothing.'),
  NATS_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('Servers of a NATS cluster that keep each event: 1, 3 or 5. It holds for streams made from then on.'),
  BROKER_URL: url(http).optional().describe('Where the broker answers, if not on BROKER_PORT of this machine.'),
  OTHER_BROKER_URLS: z
    .string()
    .regex(
      /^https?:\/\/[^\s,?#]+(?:,https?:\/\/[^\s,?#]+){0,15}$/,
      'must be at most 16 http(s) URLs with commas between them'
    )
    .refine((text) => text.split(',').every((one) => url(http).safeParse(one).success), 'must be URLs')
    .optional()
    .describe(
      'Addresses, as the world sees them, of other brokers on the same store, with commas between them. Programs go on ' +
        'there when the first one does not answer; /market.json tells them.'
    ),
  INDEXER_URL: url(http).optional().describe('Where the indexer answers, if not on INDEXER_PORT of this machine.'),
  SUBGRAPH_URL: url(http).optional().describe('GraphQL address of the subgraph on a graph-node of your own.'),
  VAULT_PASSPHRASE_FROM: z
    .string()
    .regex(/^(?:prompt|descriptor:\d{1,4}|file:.+)$/, 'must be prompt, descriptor:<number> or file:<path>')
    .optional()
    .describe(
      'Where the broker reads the passphrase that seals the keys of its issuer: prompt (typed at its terminal), ' +
        'descriptor:<number> (an open file descriptor) or file:<path> (a file of mode 0600). Never the passphrase ' +
        'itself. Without it the key lies open beside the vault.'
    ),
  SELLER_ACCOUNTS: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}(?:,0x[0-9a-fA-F]{40})*$/, 'must be addresses with commas between them')
    .optional()
    .describe(
      "Seller's issuer: accounts of sellers. It makes the keys of those of their streams on which it holds the Grant " +
        'permission, and nobody else does.'
    ),
  MARKET_URL: url(http)
    .optional()
    .describe(
      "Seller's issuer: the market to take part in. Its chain, contracts and broker are used where CHAIN_URL, " +
        'DEPLOYMENT_FILE and BROKER_URL do not say otherwise; set CHAIN_URL to a node that you trust.'
    ),
  ISSUE_TO: z
    .string()
    .regex(/^https?:\/\/[^\s,]+(?:,https?:\/\/[^\s,]+)*$/, 'must be http(s) URLs with commas between them')
    .optional()
    .describe("Seller's issuer: brokers that get what is issued, where that is not BROKER_URL alone."),
  ISSUER_PORT: port(4410).describe(
    "Seller's issuer: port of its health, metrics and delegations, on this machine alone."
  ),
  ERA_GATHER: z.coerce
    .number()
    .min(0)
    .max(86_400)
    .default(20)
    .describe(
      "Seller's issuer: seconds for which it gathers cut-offs (licences revoked, cancelled or taken back by the chain) " +
        'before it begins one new era for all of them.'
    ),
  ERA_LEAD: z.coerce
    .number()
    .min(1)
    .max(86_400)
    .default(15)
    .describe(
      "Seller's issuer: least seconds from then to the first slot of the era, for its keys to reach everybody."
    ),
  IPFS_API_URL: url(http).optional().describe('API of a Kubo node that keeps documents, instead of local blocks.'),
  MEILI_URL: url(http)
    .refine((text) => !/^https?:\/\/[^/?#]*@/.test(text), 'must hold no user and no password')
    .optional()
    .describe(
      'A Meilisearch server (1.15 or newer) that finds products. The indexer fills it, and searches by itself whenever it ' +
        'is away or behind.'
    ),
  MEILI_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,256}$/, 'must be letters, digits and signs without blanks')
    .optional()
    .describe(
      'Key of that server that may search, and write and swap the indexes named by MEILI_INDEX. A secret: it is sent to ' +
        'MEILI_URL alone.'
    ),
  SEARCH_PRODUCTS_IN_MEMORY: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(300_000)
    .describe(
      'Products up to which the indexer keeps them in memory to search them, some 2.2 kB each; of more, it searches the rows ' +
        'in Postgres, which takes longer. From 500,000 on, give its process more memory by NODE_OPTIONS as well, such as ' +
        '--max-old-space-size=6000 for a million.'
    ),
  MEILI_INDEX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, hyphens and underscores')
    .default('tributary')
    .describe('How the names of the indexes begin there; another one for each market on one server.'),
  RELAYER_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'File (mode 0600) with the private key of an account, 0x and 64 digits. With it the market carries purchases to the ' +
        'chain that buyers only signed or pay by x402; that account pays the gas. Set by npm start on a local chain.'
    ),
  RELAYER_GAS_PER_HOUR: z.coerce
    .number()
    .int()
    .min(500_000)
    .max(1_000_000_000_000)
    .default(100_000_000)
    .describe('Gas that this account gives away in an hour; a purchase takes about 200,000.'),
  IDENTITY_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'File (mode 0600) with the private key of an account, 0x and 64 digits. With it the market attests which domain or ' +
        'ENS name a seller has proved to hold, and revokes that when it no longer holds; that account pays the gas. Not ' +
        "the relayer's."
    ),
  IDENTITY_GAS_PER_HOUR: z.coerce
    .number()
    .int()
    .min(1_000_000)
    .max(1_000_000_000_000)
    .default(20_000_000)
    .describe('Gas that this account gives away in an hour; an attestation takes about 350,000.'),
  IDENTITY_ATTESTERS: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}(?:,0x[0-9a-fA-F]{40})*$/, 'must be addresses with commas between them')
    .optional()
    .describe(
      'Accounts whose attestations of domains, ENS names and organisations make a seller count as verified, beside that of ' +
        'IDENTITY_KEY_FILE.'
    ),
  IDENTITY_CHECK_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_592_000)
    .default(21_600)
    .describe('Seconds after which a proof that held is looked at again; after a failure twelve times as often.'),
  IDENTITY_GRACE_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(31_536_000)
    .default(259_200)
    .describe(
      'Seconds for which a proof may be absent before its attestation is revoked; four times as many where nobody answers.'
    ),
  IDENTITY_DNS_SERVERS: z
    .string()
    .regex(
      /^[0-9a-fA-F.:[\]]+(?:,[0-9a-fA-F.:[\]]+)*$/,
      'must be IP addresses, with ports if need be, and commas between'
    )
    .optional()
    .describe("Name servers that are asked for proofs in DNS, instead of the system's."),
  IDENTITY_LOOPBACK_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      'Local markets and tests: port of this machine at which names that end in .localhost are asked for their proof, over ' +
        'plain HTTP. Without it nothing but public addresses is asked.'
    ),
  WEBHOOK_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'File (mode 0600) with 64 hexadecimal digits from which the secrets of webhooks are derived; by default webhooks.key ' +
        'in the data folder, made at the first start. Indexers of one database need the same; losing it ends all webhooks.'
    ),
  WEBHOOK_LOOPBACK_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      'Local markets and tests: port of this machine to which webhooks of names that end in .localhost are posted, over ' +
        'plain HTTP. Without it nothing but public addresses is posted to.'
    ),
  ENS_RPC_URL: url(http)
    .optional()
    .describe(
      'JSON-RPC of a chain that has ENS, for proofs of ENS names; by default CHAIN_URL where its chain has it.'
    ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('How much the log files hold.'),
  SESSION_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'File (mode 0600) with 32 to 512 characters that the brokers of one market share, so that each takes the sessions ' +
        'that others opened. Brokers on one database share a key without it.'
    ),
  METRICS_TOKEN_FILE: z
    .string()
    .optional()
    .describe(
      'File (mode 0600) with a token of 32 to 512 characters. With it other machines can read the metrics of the broker ' +
        '(Authorization: Bearer <token>); without it only this machine can.'
    ),
  FAUCET_PRIVATE_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hexadecimal digits')
    .optional()
    .describe(
      'Account that fills demo wallets with DATAcoin. Set by npm start on a local chain; never on a public one.'
    ),
  LIVE_SOURCES: z
    .enum(['all', 'local', 'none'])
    .default('all')
    .describe('Streams of the demonstration sellers: with those from the internet, from this machine only, or none.'),
  SUBGRAPH_NODE_URL: url(http)
    .default('https://api.studio.thegraph.com/deploy/')
    .describe(
      'Deploying the subgraph: Subgraph Studio, or the administration of a graph-node of your own (port 8020).'
    ),
  SUBGRAPH_IPFS_URL: url(http)
    .default('https://api.thegraph.com/ipfs/api/v0')
    .describe('Deploying the subgraph: API of the Kubo node from which graph-node reads it.'),
  SUBGRAPH_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9/_-]{0,99}$/, 'must be lowercase letters, digits, hyphens and slashes')
    .default('tributary')
    .describe('Deploying the subgraph: its name there; in Subgraph Studio its slug.'),
  SUBGRAPH_VERSION: z
    .string()
    .regex(/^[\w.-]{1,40}$/, 'must be letters, digits, full stops and hyphens')
    .default('v0.1.0')
    .describe('Deploying the subgraph: label of the version.'),
  SUBGRAPH_DEPLOY_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'Deploying the subgraph: file (mode 0600) with the deploy key of Subgraph Studio. Without it the node is taken for ' +
        'one of your own, where the name is made first.'
    ),
  TREASURY: account.optional().describe('Deploying: account that receives the fees; the deployer by default.'),
  FEE_BASIS_POINTS: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .describe('Deploying: fee of every payment in hundredths of a per cent. It can never be changed.'),
  KARMA_HALF_LIFE: z.coerce
    .number()
    .int()
    .min(3_600)
    .max(3_153_600_000)
    .default(15_552_000)
    .describe('Deploying: seconds in which karma halves. It can never be changed.'),
  DELIVERY_ATTESTORS: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}(?:,0x[0-9a-fA-F]{40})*$/, 'must be addresses with commas between them')
    .optional()
    .describe("Deploying: accounts whose signatures the market's delivery oracle counts; the deployer by default."),
  DELIVERY_THRESHOLD: z.coerce
    .number()
    .int()
    .min(1)
    .max(32)
    .default(1)
    .describe('Deploying: how many of them must sign a report.'),
  ATTESTOR_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'File (mode 0600) with the private key of an attestor, 0x and 64 digits. With it the broker reports deliveries, ' +
        'releases what they earned and closes deposits; that account pays the gas. Set by npm start on a local chain.'
    ),
  DELIVERY_WAIT: z.coerce
    .number()
    .int()
    .min(1)
    .max(259_200)
    .default(600)
    .describe(
      'Seconds after a time before the attestor counts the events before it. An event that is stored later than this ' +
        'after its timestamp counts as one of the time at which it came. Attestors of one oracle agree on one value.'
    ),
  DELIVERY_PEERS: z
    .string()
    .regex(/^https?:\/\/[^\s,]+(?:,https?:\/\/[^\s,]+)*$/, 'must be http(s) URLs with commas between them')
    .optional()
    .describe(
      'Brokers of other attestors. Where the oracle wants more than one signature, the attestor collects theirs and ' +
        'carries them to the chain; without any it only gives out its own.'
    )
});
export type Environment = z.output<typeof configurationSchema>;

/** Configuration with every address filled in. */
export interface Configuration extends Environment {
  readonly PUBLIC_URL: string;
  readonly CHAIN_URL: string;
  readonly DEPLOYMENT_FILE: string;
  readonly BROKER_URL: string;
  readonly INDEXER_URL: string;
}

/** The environment holds something that is no valid configuration. */
export class ConfigurationError extends TributaryError {
  readonly code = 'configuration-invalid';
  readonly title = 'The configuration is not valid';
  override readonly status = 500;
}

/**
 * Reads the configuration from an environment such as process.env; empty values count as absent.
 *
 * @throws {@link ConfigurationError} naming every variable that is wrong, and how.
 */
export function parseConfiguration(environment: Record<string, string | undefined>): Configuration {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  );
  const parsed = configurationSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigurationError(`Change these variables of the environment: ${faults.join('; ')}.`);
  }
  const values = parsed.data;
  const local = (number: number) => `http://127.0.0.1:${String(number)}`;
  return {
    ...values,
    PUBLIC_URL: values.PUBLIC_URL ?? `http://localhost:${String(values.PORT)}`,
    CHAIN_URL: values.CHAIN_URL ?? local(values.CHAIN_PORT),
    DEPLOYMENT_FILE: values.DEPLOYMENT_FILE ?? `${values.DATA_DIRECTORY}/deployment.json`,
    BROKER_URL: values.BROKER_URL ?? local(values.BROKER_PORT),
    INDEXER_URL: values.INDEXER_URL ?? local(values.INDEXER_PORT)
  };
}
