import type { EraState } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { ChainReader } from './chain-reader.ts';
import type { HeldSeeds } from './held-seeds.ts';
import { inParallel } from './in-parallel.ts';
import type { Issued } from './issued.ts';
import { slotEnd, slotsOf } from './license-slots.ts';
import type { PurchaseTable } from './purchases.ts';
import { intersect, subtract } from './ranges.ts';
import { noOffer, readsUntil } from './readers.ts';

/** Licences about which the chain is asked at once, and of which the grants are looked at at the same time. */
const askedAtOnce = 1_000;
const lookedAtAtOnce = 6;

/** Counts whom a new era would cut off: who holds keys of the newest era for time that it is not entitled to any more. */
export class CutOffs {
  private readonly parts: CutOffsParts;
  /** As counted last. */
  readonly lastDue = new Map<Address, number>();
  private states: { second: number; byStream: Map<Address, Promise<EraState | null>> } = {
    second: -1,
    byStream: new Map()
  };

  constructor(parts: CutOffsParts) {
    this.parts = parts;
  }

  /**
   * The newest era of a stream that is held, and how many licences hold keys of it for slots to come though they ended
   * early on the chain, or vanished from it with a reorganisation, together with accounts that lost their permission:
   * above none, a new era is due. Null where nothing of the stream is held.
   */
  state(stream: Address): Promise<EraState | null> {
    // Anybody may ask, and the chain is asked for it: once a second will do.
    const second = Math.floor(this.parts.clock() / 1000);
    if (this.states.second !== second) this.states = { second, byStream: new Map() };
    const { byStream } = this.states;
    const state = byStream.get(stream) ?? this.count(stream);
    byStream.set(stream, state);
    state.catch(() => byStream.delete(stream));
    return state;
  }

  /** The number alone, as it stands now. */
  async due(stream: Address): Promise<number> {
    return (await this.count(stream))?.cutOffsDue ?? 0;
  }

  private async count(stream: Address): Promise<EraState | null> {
    const { held, streams, head, table, reader, issued } = this.parts;
    const eras = held.erasOf(stream).map(({ era }) => era);
    if (eras.length === 0) return null;
    const era = Math.max(...eras);
    const { slotDuration } = await streams.find(stream);
    const { timestamp } = head.head;
    const { from } = slotsOf(timestamp, timestamp, slotDuration);
    const found = await table.endedOrVanished(stream, timestamp);
    let cutOffsDue = 0;
    for (let place = 0; place < found.length; place += askedAtOnce) {
      const some = found.slice(place, place + askedAtOnce);
      const licenses = await reader.licensesOf(some);
      await inParallel(lookedAtAtOnce, [...some.entries()], async ([at, license]) => {
        const has = await issued.slotsOf(stream, era, license);
        const stands = licenses[at] ?? { from: 0, until: 0 };
        const paid = slotsOf(stands.from, stands.until, slotDuration);
        if (subtract(intersect({ from, until: slotEnd }, has), [paid]).length > 0) cutOffsDue += 1;
        else if (license.vanished) await table.forgetVanished(stream, license);
      });
    }
    for (const licensee of (await reader.registeredKeys(stream)).keys()) {
      if ((await readsUntil(streams, stream, licensee)) > timestamp) continue;
      const has = await issued.slotsOf(stream, era, { offerId: noOffer, licensee });
      if (intersect({ from, until: slotEnd }, has).length > 0) cutOffsDue += 1;
    }
    this.lastDue.set(stream, cutOffsDue);
    return { era, cutOffsDue };
  }
}

export interface CutOffsParts {
  readonly held: HeldSeeds;
  readonly streams: StreamDirectory;
  readonly head: ChainHead;
  readonly table: PurchaseTable;
  readonly reader: ChainReader;
  readonly issued: Issued;
  /** Unix milliseconds. */
  readonly clock: () => number;
}
