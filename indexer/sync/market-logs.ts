import { decodeAbiParameters, toEventSelector, type Abi, type AbiParameter, type DecodeEventLogReturnType } from 'viem';
import { attestationResolverAbi } from '#contracts/generated/attestationResolver';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { karmaAbi } from '#contracts/generated/karma';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { RawLog } from './chain.ts';

/** What each kind of contract emits that becomes facts. Other events of the same contracts are not asked for. */
const eventNames = {
  registry: ['StreamCreated', 'EnsNameChanged'],
  stream: [
    'PermissionChanged',
    'MetadataChanged',
    'OwnershipTransferStarted',
    'OwnershipTransferred',
    'PublicKeyRegistered',
    'Deleted'
  ],
  license: [
    'OfferListed',
    'OfferDescribed',
    'OfferRetired',
    'LicensePurchased',
    'AttestationPresented',
    'KeyReplaced',
    'LicenseCancelled',
    'LicenseRevoked',
    'LicenseSettled',
    'LicenseFlagged',
    'FlagAnswered',
    'Withdrawn'
  ],
  escrow: ['DeliveryReleased', 'DepositReleased', 'DepositClosed'],
  oracle: ['DeliveryReported'],
  karma: ['KarmaEarned', 'KarmaTaken'],
  wishlist: [
    'WishMade',
    'WishBacked',
    'WishAnswered',
    'StakeFollows',
    'StakeReleased',
    'RestProposed',
    'RestReleased',
    'StakeRefunded'
  ],
  resolver: ['AttestationRecorded', 'AttestationWithdrawn']
} as const;

/** Which kind of contract is expected to have emitted a log. */
export type Emitter = keyof typeof eventNames;
type NamesOf<Kind extends Emitter> = (typeof eventNames)[Kind][number];

/** An event of any kind of contract with its decoded parameters. */
type DecodedEvent =
  | DecodeEventLogReturnType<typeof streamRegistryAbi, NamesOf<'registry'>>
  | DecodeEventLogReturnType<typeof streamAbi, NamesOf<'stream'>>
  | DecodeEventLogReturnType<typeof dataLicenseAbi, NamesOf<'license'>>
  | DecodeEventLogReturnType<typeof deliveryEscrowAbi, NamesOf<'escrow'>>
  | DecodeEventLogReturnType<typeof thresholdDeliveryOracleAbi, NamesOf<'oracle'>>
  | DecodeEventLogReturnType<typeof karmaAbi, NamesOf<'karma'>>
  | DecodeEventLogReturnType<typeof wishlistAbi, NamesOf<'wishlist'>>
  | DecodeEventLogReturnType<typeof attestationResolverAbi, NamesOf<'resolver'>>;

/** The contracts of a deployment by their address; streams are known by the registry's events. */
export function contractsOf({ contracts }: Deployment): Map<Address, Emitter> {
  const emitters: readonly (readonly [Address | null, Emitter])[] = [
    [contracts.StreamRegistry, 'registry'],
    [contracts.DataLicense, 'license'],
    [contracts.DeliveryEscrow, 'escrow'],
    [contracts.DeliveryOracle, 'oracle'],
    [contracts.Karma, 'karma'],
    [contracts.Wishlist, 'wishlist'],
    [contracts.AttestationResolver, 'resolver']
  ];
  return new Map(emitters.flatMap(([address, emitter]) => (address === null ? [] : [[address, emitter] as const])));
}

/** Where on the chain a log stands. */
export interface Origin {
  readonly address: Address;
  readonly block: number;
  /** Unix seconds of the block. */
  readonly timestamp: number;
  readonly transactionHash: Hex;
  /** Counts the logs of the block from 0. */
  readonly logIndex: number;
}
/** A log of the market, decoded. Addresses and bytes are lowercase hex. */
export type MarketEvent = Origin & DecodedEvent & { readonly through?: Hex };
export type EventName = MarketEvent['eventName'];
export type EventCalled<Name extends EventName> = Extract<MarketEvent, { eventName: Name }>;

interface Decoder {
  readonly name: EventName;
  readonly indexed: readonly AbiParameter[];
  readonly rest: readonly AbiParameter[];
}

function decodersOf(abi: Abi, names: readonly EventName[]): Map<Hex, Decoder> {
  return new Map(
    names.flatMap((name) =>
      abi
        .filter((item) => item.type === 'event' && item.name === name)
        .flatMap((event) => {
          if (event.type !== 'event') return [];
          const decoder = {
            name,
            indexed: event.inputs.filter((input) => input.indexed === true),
            rest: event.inputs.filter((input) => input.indexed !== true)
          };
          return [[toEventSelector(event), decoder] as const];
        })
    )
  );
}

const decoders: Readonly<Record<Emitter, Map<Hex, Decoder>>> = {
  registry: decodersOf(streamRegistryAbi, eventNames.registry),
  stream: decodersOf(streamAbi, eventNames.stream),
  license: decodersOf(dataLicenseAbi, eventNames.license),
  escrow: decodersOf(deliveryEscrowAbi, eventNames.escrow),
  oracle: decodersOf(thresholdDeliveryOracleAbi, eventNames.oracle),
  karma: decodersOf(karmaAbi, eventNames.karma),
  wishlist: decodersOf(wishlistAbi, eventNames.wishlist),
  resolver: decodersOf(attestationResolverAbi, eventNames.resolver)
};
const { stream: ofStreams, ...ofContracts } = decoders;

/** First topics of the events that the deployment's own contracts emit. */
export const contractTopics: readonly Hex[] = Object.values(ofContracts).flatMap((known) => [...known.keys()]);
/** First topics of the events that streams emit. Other contracts of the chain emit some of them too. */
export const streamTopics: readonly Hex[] = [...ofStreams.keys()];

/**
 * Decodes a log of a contract of the given kind, strictly.
 *
 * @param timestamp Unix seconds of the log's block.
 * @returns null for a log that is not exactly what this kind of contract emits.
 */
export function decodeLog(log: RawLog, emitter: Emitter, timestamp: number): MarketEvent | null {
  const [selector, ...topics] = log.topics;
  const decoder = selector === undefined ? undefined : decoders[emitter].get(selector);
  if (decoder === undefined || topics.length !== decoder.indexed.length) return null;
  try {
    const args: Record<string, unknown> = Object.fromEntries(
      named(decoder.rest, decodeAbiParameters(decoder.rest, log.data))
    );
    for (const [index, parameter] of decoder.indexed.entries()) {
      args[parameter.name ?? ''] = topicValue(parameter, topics[index] ?? '0x');
    }
    const event = {
      eventName: decoder.name,
      args,
      address: log.address,
      block: log.blockNumber,
      timestamp,
      transactionHash: log.transactionHash,
      logIndex: log.logIndex
    };
    // the table above ties the name to its parameters; only the type checker cannot follow
    return event as unknown as MarketEvent;
  } catch {
    return null;
  }
}

/** Addresses, hashes and numbers are the only indexed parameters; read here, they cost no checksum. */
function topicValue({ type }: AbiParameter, topic: Hex): Hex | number | bigint {
  if (type === 'bytes32') return topic;
  if (type === 'uint256') return BigInt(topic);
  if (type === 'address' && topic.startsWith(`0x${'0'.repeat(24)}`)) return `0x${topic.slice(26)}`;
  const [value] = decodeAbiParameters([{ type }], topic);
  if (type === 'uint8' && typeof value === 'number') return value;
  throw new TypeError(`no indexed parameter of type ${type} is known, or the topic is none`);
}

function named(parameters: readonly AbiParameter[], values: readonly unknown[]): [string, unknown][] {
  return parameters.map((parameter, index) => [parameter.name ?? '', plain(parameter, values[index])]);
}

/** Addresses to lowercase; text without NUL, which Postgres cannot hold. */
function plain(parameter: AbiParameter, value: unknown): unknown {
  if (Array.isArray(value)) {
    const element = { ...parameter, type: parameter.type.replace(/\[\d*\]$/, '') };
    return value.map((part) => plain(element, part));
  }
  if ('components' in parameter && typeof value === 'object' && value !== null) {
    const parts = value as Record<string, unknown>;
    return Object.fromEntries(
      named(
        parameter.components,
        parameter.components.map(({ name }) => parts[name ?? ''])
      )
    );
  }
  if (typeof value !== 'string') return value;
  return parameter.type === 'string' ? value.replaceAll('\0', '') : value.toLowerCase();
}
