import { decodeAbiParameters, toEventSelector, type AbiParameter, type DecodeEventLogReturnType } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { RawLog } from './chain.ts';

type RegistryEvent = DecodeEventLogReturnType<typeof streamRegistryAbi, 'StreamCreated'>;
type StreamLogEvent = DecodeEventLogReturnType<
  typeof streamAbi,
  | 'PermissionChanged'
  | 'MetadataChanged'
  | 'OwnershipTransferStarted'
  | 'OwnershipTransferred'
  | 'PublicKeyRegistered'
  | 'Deleted'
>;
type LicenseEvent = DecodeEventLogReturnType<
  typeof dataLicenseAbi,
  'OfferListed' | 'OfferDescribed' | 'OfferRetired' | 'LicensePurchased'
>;

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
export type MarketEvent = Origin & (RegistryEvent | StreamLogEvent | LicenseEvent);

interface Decoder {
  readonly name: MarketEvent['eventName'];
  readonly indexed: readonly AbiParameter[];
  readonly rest: readonly AbiParameter[];
}

type AbiEvent = Extract<
  (typeof streamAbi)[number] | (typeof streamRegistryAbi)[number] | (typeof dataLicenseAbi)[number],
  { type: 'event' }
>;

function decodersOf(
  abi: readonly { readonly type: string }[],
  names: readonly MarketEvent['eventName'][]
): Map<Hex, Decoder> {
  const events = abi.filter((item): item is AbiEvent => item.type === 'event');
  return new Map(
    names.flatMap((name) =>
      events
        .filter((event) => event.name === name)
        .map((event) => {
          const inputs: readonly (AbiParameter & { indexed?: boolean })[] = event.inputs;
          const decoder = {
            name,
            indexed: inputs.filter((input) => input.indexed === true),
            rest: inputs.filter((input) => input.indexed !== true)
          };
          return [toEventSelector(event), decoder] as const;
        })
    )
  );
}

const registryDecoders = decodersOf(streamRegistryAbi, ['StreamCreated']);
const licenseDecoders = decodersOf(dataLicenseAbi, [
  'OfferListed',
  'OfferDescribed',
  'OfferRetired',
  'LicensePurchased'
]);
const streamDecoders = decodersOf(streamAbi, [
  'PermissionChanged',
  'MetadataChanged',
  'OwnershipTransferStarted',
  'OwnershipTransferred',
  'PublicKeyRegistered',
  'Deleted'
]);

/** First topics of the events that the registry and the licence contract emit. */
export const contractTopics: readonly Hex[] = [...registryDecoders.keys(), ...licenseDecoders.keys()];
/** First topics of the events that streams emit. Other contracts of the chain emit some of them too. */
export const streamTopics: readonly Hex[] = [...streamDecoders.keys()];

/** Which kind of contract is expected to have emitted a log. */
export type Emitter = 'registry' | 'license' | 'stream';
const decoders = { registry: registryDecoders, license: licenseDecoders, stream: streamDecoders };

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

/** Addresses, hashes and small numbers are the only indexed parameters; read here, they cost no checksum. */
function topicValue({ type }: AbiParameter, topic: Hex): Hex | number {
  if (type === 'bytes32') return topic;
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
