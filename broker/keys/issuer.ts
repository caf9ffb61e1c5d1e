import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { bucketSecret, pathKeysOf } from '#sdk/protocol/complete-subtree';
import { bucketEndOf } from '#sdk/protocol/expiry-bucket';
import { type LeafKeys, sealGrant } from '#sdk/protocol/grant-sealing';
import type { Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { EventSigner } from '#sdk/protocol/signature';
import type { Seed } from '#sdk/protocol/slot-keys';
import { reasonOf } from '../chain/client.ts';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { ChainReader, LicenseNews } from './chain-reader.ts';
import type { HeldSeeds } from './held-seeds.ts';
import { inParallel } from './in-parallel.ts';
import type { Issued, Recipient } from './issued.ts';
import type { LeafTable } from './leaves.ts';
import { heldSlots, slotsOf } from './license-slots.ts';
import type { IssuerMetrics } from './metrics.ts';
import { sealNatively } from './native-sealing.ts';
import { licenseKey, type PurchaseTable } from './purchases.ts';
import { intersect, type SlotRange, subtract, union } from './ranges.ts';
import { noOffer, readsUntil } from './readers.ts';
import type { StreamSecrets } from './stream-secrets.ts';

/** Seconds for which readers by permission are granted ahead, and what must be left of it before it is prolonged. */
const readerAhead = 30 * 86_400;
const readerLeft = 15 * 86_400;
/** Grants that are made at the same time: each waits for the database until it is kept. */
const grantedAtOnce = 10;
/** Milliseconds for which the issuer works before others get their turn. */
const turn = 10;
/** Seconds before a bucket ends in which the tails of its licences are granted. */
export const tailLead = 120;

export interface IssuerParts {
  readonly signer: EventSigner;
  readonly held: HeldSeeds;
  readonly reader: ChainReader;
  readonly head: ChainHead;
  readonly streams: StreamDirectory;
  readonly table: PurchaseTable;
  readonly leaves: LeafTable;
  readonly secrets: StreamSecrets;
  readonly issued: Issued;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly metrics: IssuerMetrics;
  readonly logger: Logger;
}

/** What somebody is entitled to on a stream and does not have: slots of an era, by era. */
interface Missing extends Recipient {
  readonly pieces: readonly (SlotRange & { readonly era: number; readonly seeds: readonly Seed[] })[];
  /** End of the expiry bucket in which a licence gets a leaf; undefined for none. */
  readonly bucketEnd: number | undefined;
  /** Unix seconds of the block that somebody waits since. */
  readonly since: number | undefined;
}

/** Makes grants: decides, by the chain and nothing else, who gets the seeds of which slots. */
export class Issuer {
  private readonly parts: IssuerParts;
  private turnEnds = 0;

  constructor(parts: IssuerParts) {
    this.parts = parts;
  }

  /**
   * Grants one stream of some licences: the slots that were bought, as far as each licence holds at the head and seeds
   * are held. An ended licence gets nothing, also one that was cancelled or revoked; what was granted before is not
   * granted again, except to a key that replaced the one it was granted to. A licence of which the chain has news that
   * were not read yet is left out: it comes again with them. One that can never be granted, such as one with a key that
   * is none, does not keep others waiting.
   *
   * What was granted before a licence ended early stays open to who has it, since seeds cannot be taken back: the next
   * era of the stream cuts it off.
   */
  async grantLicenses(stream: Address, licenses: readonly LicenseNews[]): Promise<void> {
    const { held, head, table, reader, streams } = this.parts;
    if (held.erasOf(stream).length === 0) return;
    const { timestamp } = head.head;
    const { readTo, purchases } = await table.purchasesOf(licenses, timestamp);
    const [changed, found, { slotDuration }] = await Promise.all([
      reader.changedAfter(readTo),
      reader.licensesOf(licenses),
      streams.find(stream)
    ]);
    const entitled = licenses.flatMap((name, place) => {
      const license = found[place];
      if (license === undefined || license.until <= timestamp || changed.has(licenseKey(name))) return [];
      const bought = purchases.get(licenseKey(name)) ?? [];
      return bought.map((purchase) => ({ purchase, license, since: name.blockTime }));
    });
    const missing: Missing[] = [];
    await inParallel(grantedAtOnce, entitled, async ({ purchase, license, since }) => {
      const range = heldSlots(purchase, license, slotDuration);
      const bucketEnd = bucketEndOf(range.until, slotDuration);
      const brought = await this.parts.issued.broughtByChanges(stream, purchase);
      // What is left after the last full hour, where an era change brought what comes before: when that hour comes.
      const due = Math.floor((this.parts.clock() / 1000 + tailLead) / slotDuration);
      if (bucketEnd > due) {
        for (const [era, slots] of brought) {
          const reaches = slots.some(({ until }) => until === bucketEnd);
          if (reaches) brought.set(era, union([...slots, { from: bucketEnd, until: range.until }]));
        }
      }
      const { offerId, licensee, publicKey } = purchase;
      const recipient = { offerId, licensee, publicKey };
      const pieces = await this.missingOf(stream, recipient, range, range, brought);
      if (pieces.length === 0) return;
      missing.push({ ...recipient, pieces, since, bucketEnd: bucketEnd > range.from ? bucketEnd : undefined });
    });
    await this.issueAll(stream, missing);
  }

  /** Grants to everyone who reads or publishes by a permission of its own and registered a key on the stream. */
  async grantReaders(stream: Address): Promise<void> {
    const { held, streams, reader, head, clock } = this.parts;
    if (held.erasOf(stream).length === 0) return;
    const { slotDuration } = await streams.find(stream);
    const now = Math.floor(clock() / 1000);
    const missing: Missing[] = [];
    for (const [licensee, publicKey] of await reader.registeredKeys(stream)) {
      const ends = await readsUntil(streams, stream, licensee);
      if (ends <= head.head.timestamp) continue;
      const wanted = slotsOf(now, Math.min(ends, now + readerAhead), slotDuration);
      const enough = slotsOf(now, Math.min(ends, now + readerLeft), slotDuration);
      const recipient = { offerId: noOffer, licensee, publicKey };
      const pieces = await this.missingOf(stream, recipient, wanted, enough, new Map());
      missing.push({ ...recipient, pieces, bucketEnd: undefined, since: undefined });
    }
    await this.issueAll(stream, missing);
  }

  /**
   * What is missing of a range, era by era.
   *
   * @param enough Nothing is missing where at least this was granted before.
   * @param brought Slots of an era that the recipient has by other ways.
   */
  private async missingOf(
    stream: Address,
    { offerId, licensee, publicKey }: Recipient,
    range: SlotRange,
    enough: SlotRange,
    brought: ReadonlyMap<number, readonly SlotRange[]>
  ): Promise<Missing['pieces']> {
    const before = await this.parts.issued.grantsOf(stream, licensee);
    return this.parts.held.erasOf(stream).flatMap(({ era, ranges, seeds }) => {
      const granted = before
        .filter((grant) => grant.era === era && grant.offerId === offerId && grant.recipient === publicKey)
        .map((grant) => ({ from: grant.fromSlot, until: grant.untilSlot }))
        .concat(brought.get(era) ?? []);
      if (subtract(intersect(enough, ranges), granted).length === 0) return [];
      return subtract(intersect(range, ranges), granted).map((piece) => ({ ...piece, era, seeds }));
    });
  }

  private async issueAll(stream: Address, missing: readonly Missing[]): Promise<void> {
    const seated = missing.flatMap(({ bucketEnd, publicKey, ...name }, place) =>
      bucketEnd === undefined ? [] : [{ ...name, bucketEnd, recipient: publicKey, place }]
    );
    const leaves = new Map<number, LeafKeys>();
    if (seated.length > 0) {
      const assigned = await this.parts.leaves.assign(stream, seated);
      const streamSecret = await this.parts.secrets.of(stream);
      for (const [at, { bucketEnd, place }] of seated.entries()) {
        const leaf = assigned[at];
        if (leaf === undefined) continue;
        leaves.set(place, { bucketEnd, leaf, pathKeys: pathKeysOf(bucketSecret(streamSecret, bucketEnd), leaf) });
        await this.giveWay();
      }
    }
    await inParallel(grantedAtOnce, [...missing.entries()], async ([place, one]) => {
      try {
        await this.issue(stream, one, leaves.get(place));
      } catch (error) {
        if (!(error instanceof TributaryError) || error.status >= 500) throw error;
        const { offerId, licensee } = one;
        this.parts.logger.warn({ stream, offerId, licensee, reason: reasonOf(error) }, 'somebody cannot be granted');
      }
    });
  }

  private async issue(stream: Address, missing: Missing, leaf: LeafKeys | undefined): Promise<void> {
    const { issued, metrics, clock, logger, signer } = this.parts;
    const { offerId, licensee, publicKey: recipient, since } = missing;
    for (const { era, from: fromSlot, until: untilSlot, seeds } of missing.pieces) {
      const range = { stream, era, fromSlot, untilSlot, licensee, offerId };
      await issued.addGrant(await sealGrant({ ...range, recipient, seeds, leaf }, signer, sealNatively));
      metrics.issued.inc();
      if (since !== undefined) metrics.delay.observe(Math.max(0, clock() / 1000 - since));
      logger.info(range, 'granted');
      await this.giveWay();
    }
  }

  /** Lets others have the thread, once the issuer has had it for a while. */
  private async giveWay(): Promise<void> {
    if (performance.now() < this.turnEnds) return;
    await sleep(0);
    this.turnEnds = performance.now() + turn;
  }
}
