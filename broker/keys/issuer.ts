import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EraState, Grant } from '#sdk/protocol/grant';
import { bucketSecret, pathKeysOf } from '#sdk/protocol/complete-subtree';
import type { EraChange } from '#sdk/protocol/era-change';
import { eraChangeCovers, type MakeEraChangeParameters } from '#sdk/protocol/era-change-sealing';
import { bucketEndOf } from '#sdk/protocol/expiry-bucket';
import { type LeafKeys, sealGrant } from '#sdk/protocol/grant-sealing';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { EventSigner } from '#sdk/protocol/signature';
import { reasonOf } from '../chain/client.ts';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { ChainReader, LicenseNews } from './chain-reader.ts';
import type { HeldSeeds } from './held-seeds.ts';
import type { Identity } from './identity.ts';
import type { AssignedLeaf, LeafTable } from './leaves.ts';
import type { IssuerMetrics } from './metrics.ts';
import { sealNatively } from './native-sealing.ts';
import type { OwnEras } from './own-eras.ts';
import { licenseKey, type LicenseName, type Purchase, type PurchaseTable } from './purchases.ts';
import { intersect, type SlotRange, subtract, union } from './ranges.ts';
import type { StreamSecrets } from './stream-secrets.ts';

/** Where grants go, and what was granted before: nothing else is between the issuer and who carries them. */
export interface GrantOutlet {
  /** Keeps a grant. One for the same key, era and slots that is there already stays, and this one is thrown away. */
  deliver(grant: Grant): Promise<void>;
  /** Grants of a licensee on a stream. */
  find(stream: Address, licensee: Address): Promise<readonly Grant[]>;
}

/** Where era changes go, and which there are. */
export interface EraChangeOutlet {
  deliver(change: EraChange): Promise<void>;
  find(stream: Address): Promise<readonly EraChange[]>;
}

/** Makes an era change, off the thread that answers requests. */
export type EraChangeMaker = (
  parameters: MakeEraChangeParameters,
  signer: EventSigner
) => Promise<EraChange | undefined>;

/** First slot that cannot exist. */
const slotEnd = 2 ** 32;
/** Seconds for which readers by permission are granted ahead, and what must be left of it before it is prolonged. */
const readerAhead = 30 * 86_400;
const readerLeft = 15 * 86_400;
/** Licences about which the database and the chain are asked at once. */
const askedAtOnce = 1_000;
/** Licences that are granted at the same time: each waits for the database several times. */
const grantedAtOnce = 8;
/** Milliseconds for which the issuer works before others get their turn. */
const turn = 10;
/** Seconds before a bucket ends in which the tails of its licences are granted. */
export const tailLead = 120;
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
  private readonly metrics: IssuerMetrics;
  private readonly makeEraChange: EraChangeMaker;
  private readonly logger: Logger;
  /** Era changes of this issuer, which alone makes them. */
  private readonly changes = new Map<Address, Promise<readonly EraChange[]>>();
  /** Cut-offs that were due when they were counted last. */
  readonly lastDue = new Map<Address, number>();
  private turnEnds = 0;
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
    metrics: IssuerMetrics;
    makeEraChange: EraChangeMaker;
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
    this.metrics = parts.metrics;
    this.makeEraChange = parts.makeEraChange;
    this.logger = parts.logger;
  }

  /** Forgets what is remembered of the outlets: another process may issue from now on. */
  forget(): void {
    this.changes.clear();
    this.lastDue.clear();
  }

  /**
   * Grants one stream of some licences: the slots that were bought, as far as each licence holds at the head and seeds
   * are held. An ended licence gets nothing, also one that was cancelled or revoked; what was granted before is not
   * granted again, except to a key that replaced the one it was granted to. A licence of which the chain has news that
   * were not read yet is left out: it comes again with them. One that can never be granted, such as one with a key that
   * is none, does not keep others waiting.
   *
   * What was granted before a licence ended early stays open to who has it, since seeds cannot be taken back: the next
   * era of the stream cuts it off, see {@link changeEra}.
   */
  async grantLicenses(stream: Address, licenses: readonly LicenseNews[]): Promise<void> {
    if (this.held.erasOf(stream).length === 0) return;
    const { timestamp } = this.head.head;
    const { readTo, purchases } = await this.table.purchasesOf(licenses, timestamp);
    const [changed, found, changes, { slotDuration }] = await Promise.all([
      this.reader.changedAfter(readTo),
      this.reader.licensesOf(licenses),
      this.changesOf(stream),
      this.streams.find(stream)
    ]);
    const tasks = licenses.flatMap((name, place) => {
      const license = found[place];
      const bought = purchases.get(licenseKey(name)) ?? [];
      if (license === undefined || license.until <= timestamp || changed.has(licenseKey(name))) return [];
      return [{ name, license, bought }];
    });
    await inParallel(grantedAtOnce, tasks, async ({ name, license, bought }) => {
      for (const purchase of bought) {
        try {
          await this.grantPurchase(stream, purchase, license, slotDuration, changes, name.blockTime);
        } catch (error) {
          if (!(error instanceof TributaryError) || error.status >= 500) throw error;
          const { offerId, licensee } = purchase;
          this.logger.warn({ stream, offerId, licensee, reason: reasonOf(error) }, 'a licence cannot be granted');
        }
      }
    });
  }

  private async grantPurchase(
    stream: Address,
    purchase: Purchase,
    license: SecondRange,
    slotDuration: number,
    changes: readonly EraChange[],
    blockTime: number | undefined
  ): Promise<void> {
    const { offerId, licensee, publicKey } = purchase;
    const range = heldSlots(purchase, license, slotDuration);
    const bucketEnd = bucketEndOf(range.until, slotDuration);
    const brought = await this.broughtByEraChanges(stream, { offerId, licensee, publicKey }, changes);
    // What is left after the last full hour, where an era change brought what comes before: not before that hour comes.
    const due = Math.floor((this.clock() / 1000 + tailLead) / slotDuration);
    if (bucketEnd > due) {
      const tail = { from: bucketEnd, until: range.until };
      for (const [era, slots] of brought) {
        if (slots.some(({ until }) => until === bucketEnd)) brought.set(era, union([...slots, tail]));
      }
    }
    const leafKeys = async (): Promise<LeafKeys | undefined> => {
      if (bucketEnd <= range.from) return undefined;
      const leaf = await this.leaves.assign(stream, bucketEnd, { offerId, licensee, recipient: publicKey });
      if (leaf === undefined) return undefined;
      const secret = bucketSecret(await this.secrets.of(stream), bucketEnd);
      return { bucketEnd, leaf, pathKeys: pathKeysOf(secret, leaf) };
    };
    await this.grant(stream, licensee, offerId, publicKey, range, { brought, leafKeys, blockTime });
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
    const done = (await this.changesOf(stream)).filter((change) => change.era === era);
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
    const change = await this.makeEraChange(
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
    this.changes.delete(stream);
    this.metrics.eraChanges.inc();
    this.logger.info(
      { stream, era, fromSlot: held.from, licenses: count, leftOut: assigned.length - count },
      'era changed'
    );
  }

  /** Begins another era of a stream whose keys are made here. What it brings to whom is granted after it. */
  async startEra(stream: Address, eras: OwnEras): Promise<void> {
    await eras.next(stream);
    this.metrics.erasStarted.inc();
    this.eraStates.states.delete(stream);
  }

  /**
   * Grants to everyone who reads by a permission of its own, or publishes by one, and registered a key on the stream:
   * whoever publishes has to encrypt.
   */
  async grantReaders(stream: Address): Promise<void> {
    if (this.held.erasOf(stream).length === 0) return;
    const { slotDuration } = await this.streams.find(stream);
    const now = Math.floor(this.clock() / 1000);
    for (const [account, publicKey] of await this.reader.registeredKeys(stream)) {
      const ends = await this.readsUntil(stream, account);
      if (ends <= this.head.head.timestamp) continue;
      const wanted = slotsOf(now, Math.min(ends, now + readerAhead), slotDuration);
      const enough = slotsOf(now, Math.min(ends, now + readerLeft), slotDuration);
      await this.grant(stream, account, noOffer, publicKey, wanted, { enough });
    }
  }

  /** Unix seconds until which an account reads or publishes by a permission of its own. */
  private async readsUntil(stream: Address, account: Address): Promise<number> {
    const until = await Promise.all([
      this.streams.ownUntil(stream, account, 'read'),
      this.streams.ownUntil(stream, account, 'write')
    ]);
    return Math.max(...until);
  }

  /**
   * The newest era of a stream that is held, and how many licences hold keys of it for slots to come though they ended
   * early on the chain, or vanished from it with a reorganisation, together with accounts that lost their permission:
   * above none, a new era is due. Null where nothing of the stream is held.
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

  /** The same number, as it stands now. */
  async cutOffsDue(stream: Address): Promise<number> {
    return (await this.readEraState(stream))?.cutOffsDue ?? 0;
  }

  private async readEraState(stream: Address): Promise<EraState | null> {
    const eras = this.held.erasOf(stream).map(({ era }) => era);
    if (eras.length === 0) return null;
    const era = Math.max(...eras);
    const { slotDuration } = await this.streams.find(stream);
    const { timestamp } = this.head.head;
    const { from } = slotsOf(timestamp, timestamp, slotDuration);
    const [changes, found] = await Promise.all([this.changesOf(stream), this.table.endedOrVanished(stream, timestamp)]);
    let cutOffsDue = 0;
    for (let place = 0; place < found.length; place += askedAtOnce) {
      const some = found.slice(place, place + askedAtOnce);
      const licenses = await this.reader.licensesOf(some);
      await inParallel(grantedAtOnce, [...some.entries()], async ([at, { offerId, licensee, vanished }]) => {
        const has = await this.grantedSlots(stream, licensee, offerId, era);
        for (const leaf of await this.leaves.find(stream, 0, { offerId, licensee })) {
          const holder = { offerId, licensee, publicKey: leaf.recipient };
          has.push(...((await this.broughtByEraChanges(stream, holder, changes)).get(era) ?? []));
        }
        const license = licenses[at] ?? { from: 0, until: 0 };
        const paid = slotsOf(license.from, license.until, slotDuration);
        if (subtract(intersect({ from, until: slotEnd }, has), [paid]).length > 0) cutOffsDue += 1;
        else if (vanished) await this.table.forgetVanished(stream, { offerId, licensee });
      });
    }
    for (const account of (await this.reader.registeredKeys(stream)).keys()) {
      if ((await this.readsUntil(stream, account)) > timestamp) continue;
      const has = await this.grantedSlots(stream, account, noOffer, era);
      if (intersect({ from, until: slotEnd }, has).length > 0) cutOffsDue += 1;
    }
    this.lastDue.set(stream, cutOffsDue);
    return { era, cutOffsDue };
  }

  /** Slots of an era that grants of this issuer have brought, by whatever key. */
  private async grantedSlots(stream: Address, licensee: Address, offerId: Hex, era: number): Promise<SlotRange[]> {
    return (await this.ownGrants(stream, licensee))
      .filter((grant) => grant.era === era && grant.offerId === offerId)
      .map((grant) => ({ from: grant.fromSlot, until: grant.untilSlot }));
  }

  private async ownGrants(stream: Address, licensee: Address): Promise<readonly Grant[]> {
    const grants = await this.grants.find(stream, licensee);
    return grants.filter(({ issuer }) => issuer === this.identity.account);
  }

  /** Era changes of a stream that this issuer made, oldest first. */
  private changesOf(stream: Address): Promise<readonly EraChange[]> {
    let changes = this.changes.get(stream);
    if (changes === undefined) {
      changes = this.eraChanges
        .find(stream)
        .then((found) => found.filter(({ issuer }) => issuer === this.identity.account));
      this.changes.set(stream, changes);
      changes.catch(() => this.changes.delete(stream));
    }
    return changes;
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
    { offerId, licensee, publicKey }: Pick<Purchase, 'offerId' | 'licensee' | 'publicKey'>,
    changes: readonly EraChange[]
  ): Promise<Map<number, SlotRange[]>> {
    const brought = new Map<number, SlotRange[]>();
    if (changes.length === 0) return brought;
    const leaves = await this.leaves.find(stream, 0, { offerId, licensee });
    for (const change of changes) {
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
      readonly blockTime?: number | undefined;
    } = {}
  ): Promise<void> {
    const { enough = range, brought, leafKeys, blockTime } = options;
    const before = await this.ownGrants(stream, licensee);
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
        this.metrics.issued.inc();
        if (blockTime !== undefined) this.metrics.delay.observe(Math.max(0, this.clock() / 1000 - blockTime));
        this.logger.info({ stream, era, licensee, offerId, fromSlot: from, untilSlot: until }, 'granted');
        await this.giveWay();
      }
    }
  }

  /** Lets others have the thread, once the issuer has had it for a while. */
  private async giveWay(): Promise<void> {
    const now = performance.now();
    if (now < this.turnEnds) return;
    await sleep(0);
    this.turnEnds = performance.now() + turn;
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

/** Works through a list, several at the same time, to its end. @throws the first failure, once all that runs has ended. */
async function inParallel<T>(atOnce: number, list: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const left = list.values();
  const failures: unknown[] = [];
  const runs = Array.from({ length: atOnce }, async () => {
    for (const item of left) {
      if (failures.length > 0) return;
      await task(item).catch((error: unknown) => failures.push(error));
    }
  });
  await Promise.all(runs);
  if (failures.length > 0) throw failures[0];
}
