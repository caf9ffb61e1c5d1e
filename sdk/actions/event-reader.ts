import { decryptContent, verifySlot } from '../protocol/content-cipher.ts';
import type { StoredEvent, StreamEvent } from '../protocol/event.ts';
import type { EraChange } from '../protocol/era-change.ts';
import { EraChangeUnopenableError, openEraChange, verifyEraChangeSignature } from '../protocol/era-change-sealing.ts';
import { GrantUnopenableError } from '../protocol/grant-sealing.ts';
import type { LeafKeys } from '../protocol/grant-sealing.ts';
import type { Grant } from '../protocol/grant.ts';
import type { KeyPair } from '../protocol/hpke.ts';
import { contractVerifier } from '../protocol/contract-signature.ts';
import { verifiers, verifyEvent, withBatches } from '../protocol/event-verification.ts';
import type { Address } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';
import { VerificationMemory } from '../protocol/verification-memory.ts';
import { firstSlotOf, holdsSlot, slotKey } from '../protocol/slot-keys.ts';
import type { Seed } from '../protocol/slot-keys.ts';
import type { Market } from './connect-market.ts';
import { accountSignatureReader } from './contract-event-signer.ts';
import { fetchIssuer } from './fetch-issuer.ts';
import { followIssuers } from './issuer-belief.ts';
import { GrantIssuerError, openGrantContent } from './open-grant.ts';
import { readStream } from './read-stream.ts';
import type { StreamKeys } from './stream-keys.ts';
import { followWritePermissions } from './write-permissions.ts';

/** Who reads: the account that holds the licence, and the key pair that was registered with the purchase. */
export interface Reader {
  readonly licensee: Address;
  readonly keyPair: KeyPair;
}

/** Why an event must not be believed. */
export type EventFault =
  /** The signature is not the origin's. */
  | 'signature-invalid'
  /** It belongs to another stream or partition than was asked for. */
  | 'stream-mismatch'
  /** Its slot does not contain its timestamp. */
  | 'slot-mismatch'
  /** The origin may not (or no longer) publish on the stream. */
  | 'origin-unauthorized'
  /** The stream is not public and the event is not encrypted. */
  | 'not-encrypted';

/** Why the content cannot be read. */
export type LockedReason =
  /** No key for the event's time is here: a grant may still come. */
  | 'waiting-for-key'
  /** The event is later than the keys that are held: the licence ended. */
  | 'license-ended'
  /** The event is older than the keys that are held. */
  | 'before-license'
  /** Nobody to receive a key was named. */
  | 'no-reader'
  /** The key does not fit: the publisher used another one. */
  | 'undecryptable'
  /** The event has a fault. */
  | 'faulty';

/** An event as its reader sees it. */
export interface ReceivedEvent extends StoredEvent {
  /** Signature, stream, slot and the origin's permission are right. */
  readonly verified: boolean;
  readonly fault: EventFault | undefined;
  /** In the clear; undefined while locked. */
  readonly content: Uint8Array | undefined;
  readonly locked: LockedReason | undefined;
}

/** What the reader can read just now. */
export type KeyState = 'public' | 'no-reader' | 'waiting' | 'held' | 'ended';

export interface EventReader {
  readonly publicRead: boolean;
  readonly slotDuration: number;
  /** Partitions of the stream. */
  readonly partitions: number;
  read(stored: StoredEvent): Promise<ReceivedEvent>;
  /**
   * Takes the seeds out of a grant.
   *
   * @returns Whether it brought any. One that is for somebody else, forged, or sealed to another key brings none: the
   * events stay locked and say so.
   * @throws as {@link fetchIssuer}, when it cannot be learnt whose grants to believe.
   */
  addGrant(grant: Grant): Promise<boolean>;
  /**
   * Takes the seeds of a new era out of an era change, now or as soon as a grant brings the path keys for it. However
   * many eras were missed, each opens by itself.
   *
   * @returns Whether it brought any now. One that has nothing for the reader, or is forged, brings none.
   * @throws as {@link fetchIssuer}, when it cannot be learnt whose era changes to believe.
   */
  addEraChange(change: EraChange): Promise<boolean>;
  /** Whether content at this time (Unix milliseconds) can be read. */
  keyState(timestamp: number): KeyState;
}

export interface CreateEventReaderParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Undefined: all of them. */
  readonly partition: number | undefined;
  readonly reader: Reader | undefined;
  /** Keys at hand. */
  readonly keys: readonly StreamKeys[];
}

/** Era changes that are remembered for grants that come later. */
const eraChangeLimit = 200;

/** Verifies the events of one partition, or of all, and decrypts those for which it holds keys. */
export async function createEventReader(parameters: CreateEventReaderParameters): Promise<EventReader> {
  const { market, stream, partition, reader } = parameters;
  const { owner, slotDuration, partitions, publicRead } = await readStream({ market, stream });
  const held = new Map<number, Seed[]>(parameters.keys.map(({ era, seeds }) => [era, [...seeds]]));
  const opened = new Set<string>();
  /** Path keys, with the issuer whose era changes they open. */
  const leaves: (LeafKeys & { readonly issuer: Address })[] = [];
  const eraChanges = new Map<string, EraChange>();
  const writers = followWritePermissions({ market, stream });
  const granting = followIssuers({ market, stream });
  let memory = { revision: 0, known: new VerificationMemory() };
  const table = [...verifiers, ...withBatches([contractVerifier(accountSignatureReader(market))])];
  let issuers: readonly Address[] | undefined;
  let slot: { readonly era: number; readonly slot: number; readonly key: Uint8Array } | undefined;

  /** What contracts said of signatures is kept no longer than a block, like what the chain says of permissions. */
  const memoryNow = async () => {
    const revision = await writers.revision();
    if (memory.revision !== revision) memory = { revision, known: new VerificationMemory() };
    return memory.known;
  };

  const faultOf = async (event: StreamEvent): Promise<EventFault | undefined> => {
    if (event.stream !== stream || event.partition !== (partition ?? event.partition)) return 'stream-mismatch';
    if (event.encryptionType === 'none' && !publicRead) return 'not-encrypted';
    if (!verifySlot(event, slotDuration)) return 'slot-mismatch';
    const account = await verifyEvent(event, { table, memory: await memoryNow() });
    if (account === undefined) return 'signature-invalid';
    if (!(await writers.holds(account))) return 'origin-unauthorized';
    return undefined;
  };

  const keyOf = (era: number, number: number): Uint8Array | undefined => {
    if (slot?.era === era && slot.slot === number) return slot.key;
    const seeds = held.get(era) ?? [];
    if (!holdsSlot(seeds, number)) return undefined;
    slot = { era, slot: number, key: slotKey(seeds, number) };
    return slot.key;
  };

  const whyLocked = (era: number, number: number): LockedReason => {
    if (reader === undefined && held.size === 0) return 'no-reader';
    const seeds = held.get(era) ?? [];
    if (seeds.length === 0) return 'waiting-for-key';
    const span = (seed: Seed) => 2 ** (32 - seed.depth);
    if (seeds.every((seed) => (seed.index + 1) * span(seed) <= number)) return 'license-ended';
    if (seeds.every((seed) => seed.index * span(seed) > number)) return 'before-license';
    return 'waiting-for-key';
  };

  /** The newest era that has begun at a slot, as far as is known here. */
  const eraAt = (number: number) => {
    const begun = [...held].filter(([, seeds]) => seeds.some((seed) => firstSlotOf(seed) <= number));
    return Math.max(0, ...(begun.length > 0 ? begun : [...held]).map(([era]) => era));
  };

  const addSeeds = (era: number, seeds: readonly Seed[]) => {
    held.set(era, [...(held.get(era) ?? []), ...seeds]);
  };

  /** The broker's issuer, the owner, and the one that is asked about if the chain lets it grant. */
  const believedIssuers = async (issuer: Address) => {
    issuers ??= [(await fetchIssuer({ market })).issuer, owner];
    if (issuers.includes(issuer) || !(await granting.mayGrant(issuer))) return issuers;
    return [...issuers, issuer];
  };

  const openChange = (change: EraChange): boolean => {
    const own = leaves.filter((leaf) => leaf.issuer === change.issuer);
    try {
      const got = openEraChange(change, own);
      const name = `${change.signature} ${String(got?.untilSlot)}`;
      if (got === undefined || opened.has(name)) return false;
      opened.add(name);
      addSeeds(got.era, got.seeds);
      return true;
    } catch (error) {
      if (error instanceof EraChangeUnopenableError) return false;
      throw error;
    }
  };

  return {
    publicRead,
    slotDuration,
    partitions,
    read: async (stored) => {
      const { event } = stored;
      const fault = await faultOf(event);
      const verified = fault === undefined;
      if (!verified) return { ...stored, verified, fault, content: undefined, locked: 'faulty' };
      if (event.encryptionType === 'none') {
        return { ...stored, verified, fault, content: event.content, locked: undefined };
      }
      const key = keyOf(event.era, event.slot);
      if (key === undefined) {
        return { ...stored, verified, fault, content: undefined, locked: whyLocked(event.era, event.slot) };
      }
      try {
        return { ...stored, verified, fault, content: await decryptContent(event, key), locked: undefined };
      } catch (error) {
        if (!(error instanceof TributaryError)) throw error;
        return { ...stored, verified, fault, content: undefined, locked: 'undecryptable' };
      }
    },
    addGrant: async (grant) => {
      const ours = reader !== undefined && grant.stream === stream && grant.licensee === reader.licensee;
      if (!ours || grant.recipient !== reader.keyPair.publicKey || opened.has(grant.signature)) return false;
      try {
        const content = await openGrantContent({
          grant,
          keyPair: reader.keyPair,
          issuers: await believedIssuers(grant.issuer)
        });
        opened.add(grant.signature);
        addSeeds(grant.era, content.seeds);
        if (content.leaf !== undefined) {
          leaves.push({ ...content.leaf, issuer: grant.issuer });
          for (const change of eraChanges.values()) openChange(change);
        }
        return true;
      } catch (error) {
        if (error instanceof GrantIssuerError || error instanceof GrantUnopenableError) return false;
        throw error;
      }
    },
    addEraChange: async (change) => {
      if (reader === undefined || change.stream !== stream || eraChanges.has(change.signature)) return false;
      if (!(await believedIssuers(change.issuer)).includes(change.issuer) || !verifyEraChangeSignature(change))
        return false;
      if (eraChanges.size >= eraChangeLimit) eraChanges.delete(eraChanges.keys().next().value ?? '');
      eraChanges.set(change.signature, change);
      return openChange(change);
    },
    keyState: (timestamp) => {
      if (publicRead) return 'public';
      if (reader === undefined && held.size === 0) return 'no-reader';
      const number = Math.floor(timestamp / (slotDuration * 1000));
      const era = eraAt(number);
      if (holdsSlot(held.get(era) ?? [], number)) return 'held';
      return whyLocked(era, number) === 'license-ended' ? 'ended' : 'waiting';
    }
  };
}
