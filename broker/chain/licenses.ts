import { getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { askChain } from './ask.ts';
import type { ChainClient } from './client.ts';
import type { ChainHead, HeadChange } from './head.ts';
import { searchLogs } from './logs.ts';
import { Refusals } from './refusals.ts';
import { remember } from './remember.ts';

const changes = [
  getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' }),
  getAbiItem({ abi: dataLicenseAbi, name: 'LicensePurchased' }),
  getAbiItem({ abi: dataLicenseAbi, name: 'LicenseCancelled' }),
  getAbiItem({ abi: dataLicenseAbi, name: 'LicenseRevoked' })
] as const;

/** Streams, accounts, and streams of one account kept in memory; the least recently used make room. */
const mostStreams = 10_000;
const mostAccounts = 20_000;
const mostStreamsPerAccount = 1_000;
/** Answers "no licence", each believed until the next block. */
const mostRefusals = 50_000;
/** Offers of a stream asked for at once: first so many, then always twice as many. */
const firstOffers = 8;
const mostOffersAtOnce = 256;
const noOffer = `0x${'0'.repeat(64)}`;

/**
 * Until when accounts hold licences that open a stream, as the newest block says: the chain itself lists the offers of a
 * stream and holds each licence, so that no index has to be trusted or waited for. Answers are remembered until a log
 * says that they changed.
 */
export class LicenseDirectory {
  private readonly client: ChainClient;
  private readonly head: ChainHead;
  private readonly contract: Address;
  private readonly offers = new Map<Address, Promise<readonly Hex[]>>();
  /** By account, then by stream. */
  private readonly ends = new Map<Address, Map<Address, Promise<number>>>();
  private readonly refusals: Refusals;
  /** Block up to which the logs were read: what is remembered of offers and licences holds for it, not for the head. */
  private followed: Hex | null = null;

  constructor(client: ChainClient, head: ChainHead, deployment: Deployment) {
    this.client = client;
    this.head = head;
    this.contract = deployment.contracts.DataLicense;
    this.refusals = new Refusals(head, mostRefusals);
    head.onChange((change) => this.follow(change));
  }

  /**
   * When the account's last licence to the stream ends or ended: bought by itself or for it, and what is left of it
   * after it was cancelled or revoked.
   *
   * @returns Unix seconds; 0 where there never was one.
   * @throws ChainUnavailableError
   */
  async endOf(stream: Address, account: Address): Promise<number> {
    const refusal = `${stream} ${account}`;
    const ended = this.refusals.find(refusal);
    if (ended !== null) return ended;
    const asked = this.followed;
    const known = this.ends.get(account) ?? new Map<Address, Promise<number>>();
    this.ends.delete(account);
    this.ends.set(account, known);
    const oldest = this.ends.keys().next();
    if (this.ends.size > mostAccounts && oldest.done !== true) this.ends.delete(oldest.value);
    const end = await remember(known, stream, mostStreamsPerAccount, () => this.readEnd(stream, account));
    if (end > this.head.head.timestamp) return end;
    known.delete(stream);
    if (known.size === 0 && this.ends.get(account) === known) this.ends.delete(account);
    this.refusals.add(refusal, asked, end);
    return end;
  }

  private async readEnd(stream: Address, account: Address): Promise<number> {
    const offers = await remember(this.offers, stream, mostStreams, () => this.readOffers(stream));
    const licenses = await askChain(this.head, () =>
      Promise.all(
        offers.map((offerId) =>
          this.client.readContract({
            address: this.contract,
            abi: dataLicenseAbi,
            functionName: 'licenseOf',
            args: [offerId, account]
          })
        )
      )
    );
    return Math.max(0, ...licenses.map(([, until]) => Number(until)));
  }

  /** Every offer that was ever listed for the stream: retired ones may have licences that run. */
  private async readOffers(stream: Address): Promise<readonly Hex[]> {
    const offers: Hex[] = [];
    for (let count = firstOffers; ; count = Math.min(count * 2, mostOffersAtOnce)) {
      const positions = Array.from({ length: count }, (_, place) => BigInt(offers.length + place));
      const found = await askChain(this.head, () =>
        Promise.all(
          positions.map((position) =>
            this.client.readContract({
              address: this.contract,
              abi: dataLicenseAbi,
              functionName: 'offerAt',
              args: [stream, position]
            })
          )
        )
      );
      for (const [offerId] of found) {
        if (offerId === noOffer) return offers;
        offers.push(offerId);
      }
    }
  }

  private async follow(change: HeadChange): Promise<void> {
    await this.forgetChanged(change);
    this.followed = change.head.hash;
  }

  private async forgetChanged({ head, previous }: HeadChange): Promise<void> {
    this.refusals.clear();
    if (previous === null) {
      this.forget();
      return;
    }
    if (this.offers.size === 0 && this.ends.size === 0) return;
    try {
      const range = { fromBlock: BigInt(previous.number + 1), toBlock: BigInt(head.number) };
      for (const log of await searchLogs(this.client, changes, range, this.contract)) {
        if (log.eventName !== 'OfferListed') this.ends.delete(log.args.licensee.toLowerCase() as Address);
        else for (const stream of log.args.offer.streams) this.offers.delete(stream.toLowerCase() as Address);
      }
    } catch {
      // Not knowing what changed, forget everything: the next question asks the chain, and reports if it is down.
      this.forget();
    }
  }

  private forget(): void {
    this.offers.clear();
    this.ends.clear();
  }
}
