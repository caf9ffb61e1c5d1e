import type { Logger } from 'pino';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { slotAt } from '#sdk/protocol/slot-keys';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { ChainReader, LicenseNews } from './chain-reader.ts';
import type { CutOffs } from './cut-offs.ts';
import type { EraChanges } from './era-changes.ts';
import type { HeldSeeds } from './held-seeds.ts';
import type { Issued } from './issued.ts';
import { type Issuer, tailLead } from './issuer.ts';
import type { LeafTable } from './leaves.ts';
import type { IssuerMetrics } from './metrics.ts';
import type { EraTiming, OwnEras } from './own-eras.ts';
import { PendingLicenses } from './pending.ts';
import type { LicenseName, PurchaseTable } from './purchases.ts';
import type { SellerStreams } from './seller-streams.ts';
import type { Urgency, Work } from './work.ts';

/** Licences looked at in one piece of work: questions to chain and database are asked for all of them at once. */
const atOnce = 100;
/** Milliseconds between two looks at grants that may have to be prolonged, and at tails whose hour may come. */
const prolongInterval = 600_000;
const tailInterval = 15_000;

export interface IssuanceParts {
  readonly issuer: Issuer;
  readonly eraChanges: EraChanges;
  readonly cutOffs: CutOffs;
  readonly issued: Issued;
  readonly metrics: IssuerMetrics;
  readonly held: HeldSeeds;
  readonly reader: ChainReader;
  readonly table: PurchaseTable;
  readonly leaves: LeafTable;
  readonly head: ChainHead;
  readonly streams: StreamDirectory;
  readonly work: Work;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Where the issuer makes the keys of its sellers' streams itself. */
  readonly seller?: { readonly streams: SellerStreams; readonly eras: OwnEras; readonly timing: EraTiming };
}

/** Follows the chain and sees to it that everybody entitled is granted, in the order of who waits. */
export class Issuance {
  private readonly parts: IssuanceParts;
  private readonly pending = new PendingLicenses();
  private readonly gathering = new Map<Address, NodeJS.Timeout>();
  /** Slot up to which the tails of a stream were seen to. */
  private readonly tails = new Map<Address, number>();
  /** Where the issuer serves sellers: the streams that are given to it now. Of others, nobody would take its grants. */
  private served: ReadonlySet<Address> = new Set();
  private timers: NodeJS.Timeout[] = [];
  private running = false;
  private caughtUp = false;

  constructor(parts: IssuanceParts) {
    this.parts = parts;
  }

  /** Licences that wait. */
  get waiting(): number {
    return this.pending.size;
  }

  /** Begins, or begins again: from what is written down, whatever was done before. */
  begin(): void {
    this.running = true;
    this.caughtUp = false;
    this.timers = [
      setInterval(() => {
        for (const stream of this.parts.held.streams) this.grantReaders(stream, 'later');
      }, prolongInterval),
      setInterval(() => {
        this.lookForTails();
      }, tailInterval)
    ];
    this.follow();
  }

  /** Begins nothing more. */
  end(): void {
    this.running = false;
    for (const timer of [...this.timers, ...this.gathering.values()]) clearTimeout(timer);
    this.timers = [];
    this.gathering.clear();
    this.pending.clear();
    this.parts.issued.forget();
    this.parts.cutOffs.lastDue.clear();
  }

  /** Reads what is new on the chain; call at every head. */
  follow(): void {
    if (!this.running) return;
    this.parts.work.add('follow the chain', async () => {
      await this.serveSellers();
      const { reader, head, held } = this.parts;
      for (;;) {
        const news = await reader.step(head.head.number, held.streams);
        if (news === null) break;
        const sold = new Map<Hex, Address[]>();
        const byStream = new Map<Address, LicenseNews[]>();
        for (const license of news.licenses) {
          for (const stream of await this.streamsOf(license.offerId, sold)) {
            byStream.set(stream, [...(byStream.get(stream) ?? []), license]);
          }
        }
        for (const [stream, licenses] of byStream) this.grantLicenses(stream, licenses, 'urgent');
        for (const stream of news.streams) {
          this.grantReaders(stream);
          this.considerEra(stream);
        }
        for (const offerId of news.ended) {
          for (const stream of await this.streamsOf(offerId, sold)) this.considerEra(stream);
        }
        if (news.reorganised) for (const stream of held.streams) this.considerEra(stream);
      }
      if (this.caughtUp) return;
      // What was bought while this was away, or cut off in the middle of granting.
      this.caughtUp = true;
      for (const stream of held.streams) {
        this.grantStream(stream);
        this.considerEra(stream);
      }
    });
  }

  /** Looks at everyone who may read the stream: after a delegation, a new era, and a restart. Purchases go before it. */
  grantStream(stream: Address): void {
    if (!this.running || !this.serves(stream)) return;
    const { work, eraChanges, table, head } = this.parts;
    const licenses = async (): Promise<void> => {
      // Before the licences one by one: what it brings need not be granted.
      await eraChanges.make(stream);
      const found = await table.licensesOf(stream, head.head.timestamp);
      this.grantLicenses(stream, found.map(untimed), 'later');
    };
    // Publishers are among them.
    this.grantReaders(stream);
    work.add(`licences of ${stream}`, licenses, 'later');
  }

  private serves(stream: Address): boolean {
    return this.parts.seller === undefined || this.served.has(stream);
  }

  private async streamsOf(offerId: Hex, known: Map<Hex, Address[]>): Promise<Address[]> {
    const streams = known.get(offerId) ?? (await this.parts.table.streamsOf(offerId));
    known.set(offerId, streams);
    return streams;
  }

  private grantReaders(stream: Address, urgency: Urgency = 'urgent'): void {
    const { work, issuer } = this.parts;
    if (!this.serves(stream)) return;
    work.add(`readers of ${stream}`, () => issuer.grantReaders(stream), urgency);
  }

  /** Grants what licences bring of one stream, as they stand when their turn comes: they may have ended by then. */
  private grantLicenses(stream: Address, licenses: readonly LicenseNews[], urgency: Urgency): void {
    const { work, issuer, held } = this.parts;
    if (!this.running || !this.serves(stream) || held.erasOf(stream).length === 0) return;
    this.pending.add(stream, licenses, urgency);
    // One name, so that no licence is granted twice at the same time; what is urgent comes first.
    const piece = async (): Promise<void> => {
      const present = this.pending.urgencyOf(stream);
      if (present === undefined) return;
      const some = this.pending.take(stream, present, atOnce);
      try {
        await issuer.grantLicenses(stream, some);
      } catch (error) {
        // Those that were granted are recognised.
        this.pending.add(stream, some, present);
        throw error;
      }
      const next = this.pending.urgencyOf(stream);
      if (next !== undefined) work.add(`purchases of ${stream}`, piece, next);
    };
    work.add(`purchases of ${stream}`, piece, urgency);
  }

  /** Looks for streams that sellers have given to the issuer, and begins an era of those that are new, or back. */
  private async serveSellers(): Promise<void> {
    const { seller, head } = this.parts;
    if (seller === undefined) return;
    const found = await seller.streams.find(head.head);
    this.served = new Set(found.map(({ stream }) => stream));
    for (const one of found) if (await seller.eras.begin(one)) this.grantStream(one.stream);
  }

  /** Begins a new era of a stream whose keys are made here if somebody is to be cut off, once cut-offs were gathered. */
  private considerEra(stream: Address): void {
    const { seller, work, cutOffs, metrics, logger } = this.parts;
    if (!this.running || !this.serves(stream)) return;
    if (seller?.eras.isOwn(stream) !== true) {
      work.add(
        `cut-offs of ${stream}`,
        async () => {
          await cutOffs.due(stream);
        },
        'later'
      );
      return;
    }
    if (this.gathering.has(stream)) return;
    const begin = async (): Promise<void> => {
      const due = await cutOffs.due(stream);
      if (due === 0) return;
      logger.info({ stream, cutOffs: due }, 'somebody is to be cut off');
      // What it brings to whom is granted after it.
      await seller.eras.next(stream);
      metrics.erasStarted.inc();
      this.grantStream(stream);
    };
    this.gathering.set(
      stream,
      setTimeout(() => {
        this.gathering.delete(stream);
        work.add(`era of ${stream}`, begin);
      }, seller.timing.gather * 1000)
    );
  }

  /** Grants what licences have left after the last full hour, which no era change brings, when that hour comes. */
  private lookForTails(): void {
    const { held, work, leaves, streams, clock } = this.parts;
    for (const stream of held.streams) {
      const look = async (): Promise<void> => {
        const { slotDuration } = await streams.find(stream);
        const due = slotAt(clock() + tailLead * 1000, slotDuration);
        const before = this.tails.get(stream) ?? due - Math.ceil(3_600 / slotDuration);
        if (due <= before) return;
        const licenses = await leaves.endingWithin(stream, before, due);
        this.grantLicenses(stream, licenses.map(untimed), 'urgent');
        this.tails.set(stream, due);
      };
      work.add(`tails of ${stream}`, look, 'later');
    }
  }
}

const untimed = (license: LicenseName): LicenseNews => ({ ...license, blockTime: undefined });
