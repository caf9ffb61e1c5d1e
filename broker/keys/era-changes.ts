import type { Logger } from 'pino';
import { bucketSecret } from '#sdk/protocol/complete-subtree';
import type { EraChange } from '#sdk/protocol/era-change';
import type { MakeEraChangeParameters } from '#sdk/protocol/era-change-sealing';
import type { Address } from '#sdk/protocol/primitives';
import type { EventSigner } from '#sdk/protocol/signature';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { ChainReader } from './chain-reader.ts';
import type { HeldSeeds } from './held-seeds.ts';
import type { Issued } from './issued.ts';
import type { AssignedLeaf, LeafTable } from './leaves.ts';
import { heldSlots } from './license-slots.ts';
import type { IssuerMetrics } from './metrics.ts';
import { licenseKey, type LicenseName, type PurchaseTable } from './purchases.ts';
import { subtract } from './ranges.ts';
import type { StreamSecrets } from './stream-secrets.ts';

/** Makes an era change, off the thread that answers requests. */
export type EraChangeMaker = (
  parameters: MakeEraChangeParameters,
  signer: EventSigner
) => Promise<EraChange | undefined>;

export interface EraChangesParts {
  readonly signer: EventSigner;
  readonly held: HeldSeeds;
  readonly streams: StreamDirectory;
  readonly head: ChainHead;
  readonly table: PurchaseTable;
  readonly reader: ChainReader;
  readonly leaves: LeafTable;
  readonly secrets: StreamSecrets;
  readonly issued: Issued;
  /** Licences from which on a new era is given to all at once; fewer are granted one by one. */
  readonly from: number;
  readonly make: EraChangeMaker;
  readonly metrics: IssuerMetrics;
  readonly logger: Logger;
}

/** Licences about which the database and the chain are asked at once. */
const askedAtOnce = 1_000;

/** Gives new eras to everybody still entitled, all at once. */
export class EraChanges {
  private readonly parts: EraChangesParts;

  constructor(parts: EraChangesParts) {
    this.parts = parts;
  }

  /**
   * Gives an era that began since to everybody who holds a running licence, all at once, where there are many: an
   * era change. Whoever was revoked or left is not among them, and neither is a key that was replaced. The chain is asked
   * about every licence. What the change does not bring to somebody is granted after it, one by one.
   */
  async make(stream: Address): Promise<void> {
    const eras = this.parts.held.erasOf(stream);
    const newest = eras.reduce<(typeof eras)[number] | undefined>(
      (best, next) => (best === undefined || next.era > best.era ? next : best),
      undefined
    );
    const last = newest?.ranges.at(-1);
    if (newest === undefined || last === undefined || eras.length < 2) return;
    const { era, seeds } = newest;
    const done = (await this.parts.issued.changesOf(stream)).filter((change) => change.era === era);
    // A delegation that was prolonged goes on where the last change ended.
    const held = { from: Math.max(last.from, ...done.map((change) => change.untilSlot)), until: last.until };
    if (held.from >= held.until) return;
    const { slotDuration } = await this.parts.streams.find(stream);
    const assigned = await this.parts.leaves.find(stream, held.from);
    if (assigned.length < this.parts.from) return;
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
    if (count < this.parts.from) return;
    const secret = await this.parts.secrets.of(stream);
    const change = await this.parts.make(
      {
        stream,
        era,
        fromSlot: held.from,
        untilSlot: held.until,
        seeds,
        buckets: [...buckets].map(([end, leaves]) => ({ end, secret: bucketSecret(secret, end), leaves }))
      },
      this.parts.signer
    );
    if (change === undefined) return;
    await this.parts.issued.addChange(change);
    this.parts.metrics.eraChanges.inc();
    this.parts.logger.info(
      { stream, era, fromSlot: held.from, licenses: count, leftOut: assigned.length - count },
      'era changed'
    );
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
    const { timestamp } = this.parts.head.head;
    const { readTo, purchases } = await this.parts.table.purchasesOf(names, timestamp);
    const [changed, found] = await Promise.all([
      this.parts.reader.changedAfter(readTo),
      this.parts.reader.licensesOf(names)
    ]);
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
}
