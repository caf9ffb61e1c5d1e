import { createPublicClient, http, parseEventLogs, zeroAddress, type PublicClient } from 'viem';
import { attestationServiceAbi } from '#contracts/generated/attestationService';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { karmaAbi } from '#contracts/generated/karma';
import { streamAbi } from '#contracts/generated/stream';
import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { readFacts, toFactValue, type FactRow, type FactValue } from './facts.ts';
import { ChainReorganisedError } from './graphql.ts';
import { indexerReader } from './indexer-reader.ts';
import type { IndexedBlock } from './reader.ts';

/** A field on which indexer and chain do not agree. */
export interface ChainDifference {
  readonly fact: string;
  readonly id: string;
  readonly field: string;
  readonly indexer: FactValue;
  /** What a contract says; null where it says nothing. */
  readonly chain: FactValue;
}

export interface ChainComparison {
  /** How many entities the chain was asked about, by kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly differences: readonly ChainDifference[];
}

export interface CompareChainOptions {
  /** Base URL of the indexer. */
  readonly indexerUrl: string;
  /** JSON-RPC of the chain over HTTP. */
  readonly chainUrl: string;
  readonly deployment: Deployment;
  /** Ids of the entities to ask about, by kind: what `compare` sampled. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

/** The contracts as they were in one block. */
interface ChainAt {
  readonly client: PublicClient;
  readonly blockNumber: bigint;
  readonly contracts: Deployment['contracts'];
}
type ChainReader = (at: ChainAt, row: FactRow) => Promise<Readonly<Record<string, unknown>>>;

const text = (row: FactRow, field: string): string => {
  const value = row[field];
  return typeof value === 'string' ? value : '';
};
const hex = (row: FactRow, field: string) => text(row, field) as Hex;
const whole = (row: FactRow, field: string) => BigInt(text(row, field));

/** Permissions and roles as the contracts number them. */
const permissions = ['READ', 'WRITE', 'EDIT', 'GRANT', 'DELETE'];
const roles = ['SELLER', 'BUYER', 'BROKER'];

/**
 * What the contracts say of an entity, by the fields of schema.graphql. Kinds that are not here stand in events alone
 * (products, keys, reports, answers), where nothing can be asked of a contract.
 */
const chainReaders: Readonly<Record<string, ChainReader>> = {
  async Stream({ client, blockNumber }, row) {
    const read = { address: hex(row, 'id'), abi: streamAbi, blockNumber } as const;
    const [name, description, slotDuration, partitions, deleted] = await Promise.all([
      client.readContract({ ...read, functionName: 'name' }),
      client.readContract({ ...read, functionName: 'description' }),
      client.readContract({ ...read, functionName: 'slotDuration' }),
      client.readContract({ ...read, functionName: 'partitions' }),
      client.readContract({ ...read, functionName: 'deleted' })
    ]);
    const [owner, pending] = await Promise.all([
      client.readContract({ ...read, functionName: 'owner' }),
      client.readContract({ ...read, functionName: 'pendingOwner' })
    ]);
    const said = { name, description, slotDuration, partitions, deleted, pendingOwner: addressOrNull(pending) };
    // the contract forgets the owner of a deleted stream, and the facts do not
    return deleted ? said : { ...said, owner };
  },
  async Permission({ client, blockNumber }, row) {
    const read = { address: hex(row, 'stream'), abi: streamAbi, blockNumber } as const;
    const [until, deleted] = await Promise.all([
      client.readContract({
        ...read,
        functionName: 'permissionUntil',
        args: [hex(row, 'account'), permissions.indexOf(text(row, 'permission'))]
      }),
      client.readContract({ ...read, functionName: 'deleted' })
    ]);
    // all permissions end with the stream, without an event for each
    return deleted ? {} : { until };
  },
  async Offer({ client, blockNumber, contracts }, row) {
    const streams = row['streams'];
    const [stream] = Array.isArray(streams) ? (streams as readonly FactValue[]) : [];
    const [id, listed] = await client.readContract({
      address: contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'offerAt',
      args: [stream as Address, whole(row, 'position')],
      blockNumber
    });
    return { id, listed };
  },
  async License({ client, blockNumber, contracts }, row) {
    const [from, until] = await client.readContract({
      address: contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'licenseOf',
      args: [hex(row, 'offer'), hex(row, 'licensee')],
      blockNumber
    });
    return { from, until };
  },
  async Purchase({ client, contracts }, row) {
    const [hash, index] = text(row, 'id').split('-');
    const { logs } = await client.getTransactionReceipt({ hash: hash as Hex });
    const [log] = parseEventLogs({
      abi: dataLicenseAbi,
      eventName: 'LicensePurchased',
      logs: logs.filter(
        ({ logIndex, address }) => String(logIndex) === index && address.toLowerCase() === contracts.DataLicense
      )
    });
    return { paid: log?.args.paid, until: log?.args.until, payer: log?.args.payer };
  },
  async Deposit({ client, blockNumber, contracts }, row) {
    const [until] = await client.readContract({
      address: contracts.DeliveryEscrow,
      abi: deliveryEscrowAbi,
      functionName: 'depositOf',
      args: [hex(row, 'offer'), hex(row, 'licensee'), whole(row, 'since')],
      blockNumber
    });
    // the escrow forgets what was closed
    return row['closedAt'] === null ? { until } : until === 0n ? {} : { closedAt: null };
  },
  async Cohort({ client, blockNumber, contracts }, row) {
    const [deposits] = await client.readContract({
      address: contracts.DeliveryEscrow,
      abi: deliveryEscrowAbi,
      functionName: 'cohortOf',
      args: [hex(row, 'offer'), whole(row, 'since'), whole(row, 'until')],
      blockNumber
    });
    return { deposits };
  },
  async Karma({ client, blockNumber, contracts }, row) {
    const units = await client.readContract({
      address: contracts.Karma,
      abi: karmaAbi,
      functionName: 'unitsOf',
      args: [hex(row, 'account'), roles.indexOf(text(row, 'role'))],
      blockNumber
    });
    return { units };
  },
  async KarmaChange({ client, contracts }, row) {
    const [hash, index] = text(row, 'id').split('-');
    const { logs, blockNumber } = await client.getTransactionReceipt({ hash: hash as Hex });
    const [log] = parseEventLogs({
      abi: karmaAbi,
      eventName: ['KarmaEarned', 'KarmaTaken'],
      logs: logs.filter(
        ({ logIndex, address }) => String(logIndex) === index && address.toLowerCase() === contracts.Karma
      )
    });
    if (log === undefined) return { account: null };
    const { account, role, points, units } = log.args;
    return {
      ...{ account, role: roles[role], balance: units, block: blockNumber },
      points: log.eventName === 'KarmaTaken' ? -points : points
    };
  },
  async Wish({ client, blockNumber, contracts }, row) {
    const read = { address: contracts.Wishlist, abi: wishlistAbi, args: [whole(row, 'number')], blockNumber } as const;
    const [[asker, , , total, held], following] = await Promise.all([
      client.readContract({ ...read, functionName: 'wishOf' }),
      client.readContract({ ...read, functionName: 'restOf' })
    ]);
    return { asker, total, held, following };
  },
  async Attestation({ client, blockNumber, contracts }, row) {
    if (contracts.AttestationService === null) return {};
    const said = await client.readContract({
      address: contracts.AttestationService,
      abi: attestationServiceAbi,
      functionName: 'getAttestation',
      args: [hex(row, 'id')],
      blockNumber
    });
    const { schema, recipient, attester, expirationTime, data, revocationTime } = said;
    const revokedAt = revocationTime === 0n ? null : revocationTime;
    return { schema, recipient, attester, expirationTime, data, revokedAt };
  }
};

/**
 * Asks the contracts about some of the indexer's entities, as they are in the block of which it tells.
 *
 * @throws {@link IndexUnreadableError}; {@link ChainReorganisedError} when the block is not the chain's any more; viem's
 * errors where the chain does not answer, or has forgotten the block.
 */
export async function compareChain(options: CompareChainOptions): Promise<ChainComparison> {
  const indexer = indexerReader(options.indexerUrl);
  const client: PublicClient = createPublicClient({ transport: http(options.chainUrl, { batch: true }) });
  const counts: Record<string, number> = {};
  const differences: ChainDifference[] = [];
  for (const fact of readFacts()) {
    const read = chainReaders[fact.name];
    const ids = options.ids[fact.name] ?? [];
    if (read === undefined || ids.length === 0) continue;
    const { block, rows } = await indexer.select(fact, ids, { number: 0, hash: '' });
    const at: ChainAt = { client, blockNumber: BigInt(block.number), contracts: options.deployment.contracts };
    counts[fact.name] = rows.length;
    const said = await Promise.all(rows.map((row) => read(at, row)));
    for (const [place, row] of rows.entries()) {
      for (const [field, value] of Object.entries(said[place] ?? {})) {
        const [ours, chain] = [row[field] ?? null, plain(value)];
        if (ours !== chain) differences.push({ fact: fact.name, id: text(row, 'id'), field, indexer: ours, chain });
      }
    }
    await stillThere(client, block);
  }
  return { counts, differences };
}

async function stillThere(client: PublicClient, block: IndexedBlock): Promise<void> {
  const { hash } = await client.getBlock({ blockNumber: BigInt(block.number) });
  if (hash !== block.hash) {
    throw new ChainReorganisedError(`The chain took block ${String(block.number)} back meanwhile. Try again.`);
  }
}

/** As the indexer writes it: addresses and bytes in lowercase, numbers as digits. */
function plain(value: unknown): FactValue {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' && /^0x[0-9a-fA-F]*$/.test(value)) return value.toLowerCase();
  return toFactValue(value);
}

function addressOrNull(address: Address): Address | null {
  return address === zeroAddress ? null : address;
}
