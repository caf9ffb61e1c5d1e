import type { Logger } from 'pino';
import type { Counter } from 'prom-client';
import { type Grant } from '#sdk/protocol/grant';
import { sealGrant } from '#sdk/protocol/grant-sealing';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { ChainHead } from '../chain/head.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { ChainReader } from './chain-reader.ts';
import type { HeldSeeds } from './held-seeds.ts';
import type { Identity } from './identity.ts';
import type { Purchase } from './purchases.ts';
import { intersect, type SlotRange, subtract } from './ranges.ts';

/** Where grants go, and what was granted before: the relay keeps them, and nothing else is between the two. */
export interface GrantOutlet {
  deliver(grant: Grant): Promise<void>;
  /** Grants of a licensee on a stream. */
  find(stream: Address, licensee: Address): Promise<readonly Grant[]>;
}

/** First slot that cannot exist. */
const slotEnd = 2 ** 32;
/** Seconds for which readers by permission are granted ahead, and what must be left of it before it is prolonged. */
const readerAhead = 30 * 86_400;
const readerLeft = 15 * 86_400;
const noOffer: Hex = `0x${'00'.repeat(32)}`;

/** Makes grants: decides, by the chain and nothing else, who gets the seeds of which slots. */
export class Issuer {
  private readonly identity: Identity;
  private readonly held: HeldSeeds;
  private readonly reader: ChainReader;
  private readonly head: ChainHead;
  private readonly streams: StreamDirectory;
  private readonly grants: GrantOutlet;
  private readonly clock: () => number;
  private readonly issued: Counter;
  private readonly logger: Logger;

  constructor(parts: {
    identity: Identity;
    held: HeldSeeds;
    reader: ChainReader;
    head: ChainHead;
    streams: StreamDirectory;
    grants: GrantOutlet;
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
    this.clock = parts.clock;
    this.issued = parts.issued;
    this.logger = parts.logger;
  }

  /**
   * Grants one stream of a purchase: the slots that were bought, as far as the licence holds at the head and seeds are
   * held. An ended licence gets nothing, also one that was cancelled or revoked; what was granted before is not granted
   * again, except to a key that replaced the one it was granted to.
   *
   * What was granted before a licence ended early stays open to who has it, since seeds cannot be taken back: only a new
   * era of the stream would cut it off. Beginning one when a licence ends early is not done yet.
   */
  async grantPurchase(stream: Address, purchase: Purchase): Promise<void> {
    const eras = this.held.erasOf(stream);
    if (eras.length === 0) return;
    const license = await this.reader.licenseOf(purchase.offerId, purchase.licensee);
    if (license.until <= this.head.head.timestamp) return;
    const from = Math.max(purchase.from, license.from);
    const until = Math.min(purchase.until, license.until);
    const { slotDuration } = await this.streams.find(stream);
    const { offerId, licensee, publicKey } = purchase;
    await this.grant(stream, licensee, offerId, publicKey, slotsOf(from, until, slotDuration));
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
      await this.grant(stream, account, noOffer, publicKey, wanted, enough);
    }
  }

  /**
   * Issues what is missing of the range, era by era.
   *
   * @param enough Nothing is issued where at least this was granted before.
   */
  private async grant(
    stream: Address,
    licensee: Address,
    offerId: Hex,
    recipient: Hex,
    range: SlotRange,
    enough: SlotRange = range
  ): Promise<void> {
    const before = await this.grants.find(stream, licensee);
    for (const { era, ranges, seeds } of this.held.erasOf(stream)) {
      const granted = before
        .filter((grant) => grant.era === era && grant.offerId === offerId && grant.recipient === recipient)
        .map((grant) => ({ from: grant.fromSlot, until: grant.untilSlot }));
      if (subtract(intersect(enough, ranges), granted).length === 0) continue;
      for (const { from, until } of subtract(intersect(range, ranges), granted)) {
        const grant = await sealGrant(
          { stream, era, fromSlot: from, untilSlot: until, licensee, offerId, recipient, seeds },
          this.identity.signer
        );
        await this.grants.deliver(grant);
        this.issued.inc();
        this.logger.info({ stream, era, licensee, offerId, fromSlot: from, untilSlot: until }, 'granted');
      }
    }
  }
}

/** Slots that begin before `until` and end within it, from the one that contains `from`; times in Unix seconds. */
function slotsOf(from: number, until: number, slotDuration: number): SlotRange {
  return {
    from: Math.min(Math.floor(from / slotDuration), slotEnd),
    until: Math.min(Math.floor(until / slotDuration), slotEnd)
  };
}
