import type { Logger } from 'pino';
import type { Counter } from 'prom-client';
import type { EraState, Grant } from '#sdk/protocol/grant';
import { bucketSecret, pathKeysOf } from '#sdk/protocol/complete-subtree';
import type { EraChange } from '#sdk/protocol/era-change';
import { eraChangeCovers, makeEraChange } from '#sdk/protocol/era-change-sealing';
import { bucketEndOf } from '#sdk/protocol/expiry-bucket';
import { type LeafKeys, sealGrant } from '#sdk/protocol/grant-sealing';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { ChainReader } from './chain-reader.ts';
import type { HeldSeeds } from './held-seeds.ts';
import type { Identity } from './identity.ts';
import type { AssignedLeaf, LeafTable } from './leaves.ts';
import { sealNatively } from './native-sealing.ts';
import { licenseKey, type LicenseName, type Purchase, type PurchaseTable } from './purchases.ts';
import { intersect, type SlotRange, subtract, union } from './ranges.ts';
import type { StreamSecrets } from './stream-secrets.ts';

/** Where grants go, and what was granted before: the relay keeps them, and nothing else is between the two. */
export interface GrantOutlet {
  deliver(grant: Grant): Promise<void>;
  /** Grants of a licensee on a stream. */
  find(stream: Address, licensee: Address): Promise<readonly Grant[]>;
}

/** Where era changes go, and which there are. */
export interface EraChangeOutlet {
  deliver(change: EraChange): Promise<void>;
  find(stream: Address): Promise<readonly EraChange[]>;
}

/** First slot that cannot exist. */
const slotEnd = 2 ** 32;
/** Seconds for which readers by permission are granted ahead, and what must be left of it before it is prolonged. */
const readerAhead = 30 * 86_400;
const readerLeft = 15 * 86_400;
/** Licences about which the database and the chain are asked at once. */
const askedAtOnce = 1_000;
const noOffer: Hex = `0x${'00'.repeat(32)}`;

/** Makes grants: decides, by the chain and nothing else, who gets the seeds of which slots. */
export class Issuer {
  private readonly identity: Identity;
  private readonly held: HeldSeeds;
  private readonly reader: ChainReader;
  private readonly head: ChainHead;
  private readonly streams: StreamDirectory;
  private readonly grants: GrantOutlet;
  private readonly eraChanges: EraChangeOutlet;
  private readonly table: PurchaseTable;
  private readonly leaves: LeafTable;
  private readonly secrets: StreamSecrets;
  private readonly eraChangeFrom: number;
  private readonly clock: () => number;
  private readonly issued: Counter;
  private readonly logger: Logger;
  private eraStates: { second: number; states: Map<Address, Promise<EraState | null>> } = {
    second: -1,
    states: new Map()
  };

  constructor(parts: {
    identity: Identity;
    held: HeldSeeds;
    reader: ChainReader;
    head: ChainHead;
    streams: StreamDirectory;
    grants: GrantOutlet;
    eraChanges: EraChangeOutlet;
    table: PurchaseTable;
    leaves: LeafTable;
    secrets: StreamSecrets;
    /** Licences from which on a new era is given to all at once; fewer are granted one by one. */
    eraChangeFrom: number;
    clock: () => number;
    issued: Counter;
    logger: Logger;
  }) {
    this.identity = parts.identity;
    this.held = parts.held;
    this.reader = parts.reader;
    this.head = parts.head;
    this.streams = parts.streams;
    this.grants = parts.grants;
    this.eraChanges = parts.eraChanges;
    this.table = parts.table;
    this.leaves = parts.leaves;
    this.secrets = parts.secrets;
    this.eraChangeFrom = parts.eraChangeFrom;
    this.clock = parts.clock;
    this.issued = parts.issued;
    this.logger = parts.logger;
  }

  /**
   * Grants one stream of a purchase: the slots that were bought, as far as the licence holds at the head and seeds are
   * held. An ended licence gets nothing, also one that was cancelled or revoked; what was granted before is not granted
   * again, except to a key that replaced the one it was granted to.
   *
   * What was granted before a licence ended early stays open to who has it, since seeds cannot be taken back: the next
   * era of the stream cuts it off, see {@link changeEra}.
   */
  async grantPurchase(stream: Address, purchase: Purchase): Promise<void> {
    const eras = this.held.erasOf(stream);
    if (eras.length === 0) return;
    const license = await this.reader.licenseOf(purchase.offerId, purchase.licensee);
    if (license.until <= this.head.head.timestamp) return;
    const { slotDuration } = await this.streams.find(stream);
    const { offerId, licensee, publicKey } = purchase;
    const range = heldSlots(purchase, license, slotDuration);
    const brought = await this.broughtByEraChanges(stream, { offerId, licensee, publicKey });
    const bucketEnd = bucketEndOf(range.until, slotDuration);
    const leafKeys = async (): Promise<LeafKeys | undefined> => {
      if (bucketEnd <= range.from) return undefined;
      const leaf = await this.leaves.assign(stream, bucketEnd, { offerId, licensee, recipient: publicKey });
      if (leaf === undefined) return undefined;
      const secret = bucketSecret(await this.secrets.of(stream), bucketEnd);
      return { bucketEnd, leaf, pathKeys: pathKeysOf(secret, leaf) };
    };
    await this.grant(stream, licensee, offerId, publicKey, range, { brought, leafKeys });
  }

  /**
   * Gives eras that were delegated since to everybody who holds a running licence, all at once, where there are many: an
   * era change. Whoever was revoked or left is not among them, and neither is a key that was replaced. The chain is asked
   * about every licence. What the change does not bring to somebody is granted after it, one by one.
   */
  async changeEra(stream: Address): Promise<void> {
    const eras = this.held.erasOf(stream);
    const newest = eras.reduce<(typeof eras)[number] | undefined>(
      (best, next) => (best === undefined || next.era > best.era ? next : best),
      undefined
    );
    const last = newest?.ranges.at(-1);
    if (newest === undefined || last === undefined || eras.length < 2) return;
    const { era, seeds } = newest;
    const done = (await this.eraChanges.find(stream)).filter(
      (change) => change.era === era && change.issuer === this.identity.account
    );
    // A delegation that was prolonged goes on where the last change ended.
    const held = { from: Math.max(last.from, ...done.map((change) => change.untilSlot)), until: last.until };
    if (held.from >= held.until) return;
    const { slotDuration } = await this.streams.find(stream);
    const assigned = await this.leaves.find(stream, held.from);
    if (assigned.length < this.eraChangeFrom) return;
    const buckets = new Map<number, number[]>();
    let count = 0;
    for (let place = 0; place < assigned.length; place += askedAtOnce) {
      const some = assigned.slice(place, place + askedAtOnce);
      for (const { bucketEnd, leaf } of await this.entitledUntilBucketEnd(some, held.from, slotDuration)) {
        const leaves = buckets.get(bucketEnd);
        if (leaves === undefined) buckets.set(bucketEnd, [leaf]);
        else leaves.push(leaf);
        count += 1;
      }
    }
    if (count < this.eraChangeFrom) return;
    const secret = await this.secrets.of(stream);
    const change = await makeEraChange(
      {
        stream,
        era,
        fromSlot: held.from,
        untilSlot: held.until,
        seeds,
        buckets: [...buckets].map(([end, leaves]) => ({ end, secret: bucketSecret(secret, end), leaves }))
      },
      this.identity.signer
    );
    if (change === undefined) return;
    await this.eraChanges.deliver(change);
    this.logger.info(
      { stream, era, fromSlot: held.from, licenses: count, leftOut: assigned.length - count },
      'era changed'
    );
  }

  /** Grants to everyone who holds a Read permission of its own and registered a key on the stream. */
  async grantReaders(stream: Address): Promise<void> {
    if (this.held.erasOf(stream).length === 0) return;
    const { slotDuration } = await this.streams.find(stream);
    const now = Math.floor(this.clock() / 1000);
    for (const [account, publicKey] of await this.reader.registeredKeys(stream)) {
      const ends = await this.streams.ownUntil(stream, account, 'read');
      if (ends <= this.head.head.timestamp) continue;
      const wanted = slotsOf(now, Math.min(ends, now + readerAhead), slotDuration);
      const enough = slotsOf(now, Math.min(ends, now + readerLeft), slotDuration);
      await this.grant(stream, account, noOffer, publicKey, wanted, { enough });
    }
  }

  /**
   * The newest era of a stream that was delegated, and how many licences hold keys of it for slots to come though they
   * ended early on the chain, or vanished from it with a reorganisation: above none, a new era is due. Null where nothing
   * of the stream is held.
   */
  eraState(stream: Address): Promise<EraState | null> {
    // Anybody may ask, and the chain is asked for it: once a second will do.
    const second = Math.floor(this.clock() / 1000);
    if (this.eraStates.second !== second) this.eraStates = { second, states: new Map() };
    const { states } = this.eraStates;
    const state = states.get(stream) ?? this.readEraState(stream);
    states.set(stream, state);
    state.catch(() => states.delete(stream));
    return state;
  }

  private async readEraState(stream: Address): Promise<EraState | null> {
    const eras = this.held.erasOf(stream).map(({ era }) => era);
    if (eras.length === 0) return null;
    const era = Math.max(...eras);
    const { slotDuration } = await this.streams.find(stream);
    const { timestamp } = this.head.head;
    let cutOffsDue = 0;
    for (const { offerId, licensee, vanished } of await this.table.endedOrVanished(stream, timestamp)) {
      const license = await this.reader.licenseOf(offerId, licensee);
      const has = (await this.grants.find(stream, licensee))
        .filter((grant) => grant.era === era && grant.offerId === offerId)
        .map((grant) => ({ from: grant.fromSlot, until: grant.untilSlot }));
      for (const leaf of await this.leaves.find(stream, 0, { offerId, licensee })) {
        const brought = await this.broughtByEraChanges(stream, { offerId, licensee, publicKey: leaf.recipient });
        has.push(...(brought.get(era) ?? []));
      }
      const paid = slotsOf(license.from, license.until, slotDuration);
      const { from } = slotsOf(timestamp, timestamp, slotDuration);
      if (subtract(intersect({ from, until: slotEnd }, has), [paid]).length > 0) cutOffsDue += 1;
      else if (vanished) await this.table.forgetVanished(stream, { offerId, licensee });
    }
    return { era, cutOffsDue };
  }

  /**
   * Those leaves whose licences hold, by the chain as it stands, every slot from this one to the end of their bucket. A
   * licence of which the chain has news that were not read yet is not among them: it is granted when they were.
   */
  private async entitledUntilBucketEnd(
    leaves: readonly AssignedLeaf[],
    fromSlot: number,
    slotDuration: number
  ): Promise<AssignedLeaf[]> {
    // Somebody who replaced its key has more than one leaf.
    const names = [...new Map(leaves.map((leaf): [string, LicenseName] => [licenseKey(leaf), leaf])).values()];
    const { timestamp } = this.head.head;
    const { readTo, purchases } = await this.table.purchasesOf(names, timestamp);
    const [changed, found] = await Promise.all([this.reader.changedAfter(readTo), this.reader.licensesOf(names)]);
    const licenses = new Map(names.map((name, place) => [licenseKey(name), found[place]]));
    return leaves.filter((leaf) => {
      const key = licenseKey(leaf);
      const license = licenses.get(key);
      if (license === undefined || license.until <= timestamp || changed.has(key)) return false;
      const held = (purchases.get(key) ?? [])
        .filter(({ publicKey }) => publicKey === leaf.recipient)
        .map((purchase) => heldSlots(purchase, license, slotDuration));
      return subtract([{ from: fromSlot, until: leaf.bucketEnd }], held).length === 0;
    });
  }

  /** Slots of each era that era changes of this issuer have brought to a licence. */
  private async broughtByEraChanges(
    stream: Address,
    { offerId, licensee, publicKey }: Pick<Purchase, 'offerId' | 'licensee' | 'publicKey'>
  ): Promise<Map<number, SlotRange[]>> {
    const brought = new Map<number, SlotRange[]>();
    const changes = await this.eraChanges.find(stream);
    if (changes.length === 0) return brought;
    const leaves = await this.leaves.find(stream, 0, { offerId, licensee });
    for (const change of changes) {
      if (change.issuer !== this.identity.account) continue;
      const ranges = leaves
        .filter((leaf) => leaf.recipient === publicKey && eraChangeCovers(change, leaf.bucketEnd, leaf.leaf))
        .map(({ bucketEnd }) => ({ from: change.fromSlot, until: Math.min(bucketEnd, change.untilSlot) }));
      brought.set(change.era, union([...(brought.get(change.era) ?? []), ...ranges]));
    }
    return brought;
  }

  /**
   * Issues what is missing of the range, era by era.
   *
   * @param options.enough Nothing is issued where at least this was granted before.
   * @param options.brought Slots of an era that the licensee has by other ways.
   * @param options.leafKeys The leaf of the licence, assigned when something is issued.
   */
  private async grant(
    stream: Address,
    licensee: Address,
    offerId: Hex,
    recipient: Hex,
    range: SlotRange,
    options: {
      readonly enough?: SlotRange;
      readonly brought?: ReadonlyMap<number, readonly SlotRange[]>;
      readonly leafKeys?: () => Promise<LeafKeys | undefined>;
    } = {}
  ): Promise<void> {
    const { enough = range, brought, leafKeys } = options;
    const before = await this.grants.find(stream, licensee);
    for (const { era, ranges, seeds } of this.held.erasOf(stream)) {
      const granted = before
        .filter((grant) => grant.era === era && grant.offerId === offerId && grant.recipient === recipient)
        .map((grant) => ({ from: grant.fromSlot, until: grant.untilSlot }))
        .concat(brought?.get(era) ?? []);
      if (subtract(intersect(enough, ranges), granted).length === 0) continue;
      for (const { from, until } of subtract(intersect(range, ranges), granted)) {
        const leaf = await leafKeys?.();
        const grant = await sealGrant(
          { stream, era, fromSlot: from, untilSlot: until, licensee, offerId, recipient, seeds, leaf },
          this.identity.signer,
          sealNatively
        );
        await this.grants.deliver(grant);
        this.issued.inc();
        this.logger.info({ stream, era, licensee, offerId, fromSlot: from, untilSlot: until }, 'granted');
      }
    }
  }
}

/** The slots of a purchase, as far as the licence still holds. */
function heldSlots(purchase: SecondRange, license: SecondRange, slotDuration: number): SlotRange {
  const from = Math.max(purchase.from, license.from);
  return slotsOf(from, Math.min(purchase.until, license.until), slotDuration);
}

/** A range in Unix seconds. */
interface SecondRange {
  readonly from: number;
  readonly until: number;
}

/** Slots that begin before `until` and end within it, from the one that contains `from`; times in Unix seconds. */
function slotsOf(from: number, until: number, slotDuration: number): SlotRange {
  return {
    from: Math.min(Math.floor(from / slotDuration), slotEnd),
    until: Math.min(Math.floor(until / slotDuration), slotEnd)
  };
}
