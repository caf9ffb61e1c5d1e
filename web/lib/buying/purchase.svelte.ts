import { allowPayment, readAllowance } from '#sdk/actions/allow-payment';
import { buyLicense } from '#sdk/actions/buy-license';
import type { Market } from '#sdk/actions/connect-market';
import { LogMissingError } from '#sdk/actions/log-missing-error';
import { readLicense } from '#sdk/actions/read-license';
import type { LicenseRecord, Product } from '#sdk/protocol/discovery';
import type { Offer } from '#sdk/protocol/offer';
import { offerOfRecord } from '#sdk/protocol/offer-of-record';
import { priceOf } from '#sdk/protocol/price';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { findAttestation } from '../attestations/find-attestation.ts';
import { buyerKeyFor } from '../keys/buyer-keys.ts';
import { datacoinBalance } from '../wallet/balance.ts';
import { explain, type Explanation } from '../wallet/explain.ts';
import { loadMarket } from '../wallet/market.ts';
import { wallet, type ConnectedClient } from '../wallet/wallet.svelte.ts';
import { rememberBought } from './bought.ts';
import { forgetPending, pendingPurchase, rememberPending, type PendingPurchase } from './pending.ts';
import { purchaseSteps, type PurchaseStage } from './purchase-steps.ts';
import { readPurchase } from './read-purchase.ts';

/** For whom a licence is bought, where that is not the buyer, and to which key it is sealed. */
export interface GiftTo {
  readonly account: Address;
  readonly publicKey: Hex;
}

/** Failures after which a transaction may still be mined: it stays remembered. */
const open = new Set(['transaction-not-confirmed', 'transaction-dropped', 'chain-unreachable']);

/** One purchase of one product: what is known before, how far it is, how it ended. */
export class Purchase {
  /** Unix seconds by the chain, kept going by this machine's clock; null until the chain answered. */
  now = $state<number | null>(null);
  /** End of the latest licence of whoever shall read, Unix seconds; 0 where it never had one. */
  runningUntil = $state(0);
  /** DATAcoin wei of the account; null until known. */
  balance = $state<bigint | null>(null);
  /** uid of the attestation that the offer demands; zero where it demands none, null where there is none. */
  attestation = $state<Hex | null>(null);
  stage = $state<PurchaseStage | null>(null);
  failure = $state<Explanation | null>(null);
  /** The licence, once the chain has it. */
  license = $state<LicenseRecord | null>(null);
  /** The wallet sent it again for another fee. */
  repriced = $state(false);
  readonly product: Product;
  readonly offer: Offer;
  readonly running = $derived(this.stage !== null && this.failure === null && this.license === null);
  /** How the contract is allowed to take the price. */
  #payment = $state<'none' | 'signature' | 'transaction'>('signature');
  readonly steps = $derived(
    purchaseSteps({
      at: this.stage,
      failed: this.failure !== null,
      done: this.license !== null,
      payment: this.#payment,
      repriced: this.repriced
    })
  );
  /** DATAcoin wei that the contract may take already. */
  #allowance = 0n;
  #ahead = 0;
  /** Number of the latest question; answers to earlier ones come too late. */
  #looks = 0;

  constructor(product: Product) {
    this.product = product;
    this.offer = offerOfRecord(product.offer);
  }

  /** Asks the chain what the account has, and what the licensee has: its running licence and attestation. */
  async look(account: Address, licensee: Address = account): Promise<void> {
    const own = (this.#looks += 1);
    this.failure = null;
    try {
      const market = await loadMarket();
      const [license, balance, allowance] = await Promise.all([
        readLicense({ market, offerId: this.product.offer.offerId, account: licensee }),
        datacoinBalance(account),
        readAllowance(market, account, market.deployment.contracts.DataLicense)
      ]);
      const attestation = await findAttestation(market, this.offer, licensee, license.now);
      if (own !== this.#looks) return;
      this.attestation = attestation;
      this.#allowance = allowance;
      // A chain whose time runs ahead decides what is paid; one whose newest block is old does not.
      this.#ahead = Math.max(0, license.now - Math.floor(Date.now() / 1000));
      this.runningUntil = license.until;
      this.balance = balance;
      this.tick();
    } catch (error) {
      if (own === this.#looks) this.failure = explain(error);
    }
  }

  /** Keeps the time; call about every second. */
  tick(): void {
    this.now = Math.floor(Date.now() / 1000) + this.#ahead;
  }

  /** Takes up a purchase that was sent before the page was left. */
  async resume(): Promise<boolean> {
    const pending = pendingPurchase(this.product.productId);
    if (!pending) return false;
    this.stage = 'confirming';
    await this.#run(async () => this.#confirm(await loadMarket(), pending));
    return true;
  }

  /** Buys up to the given end: at most one signature, and one transaction; for somebody else at most two transactions. */
  async buy(until: number, gift?: GiftTo): Promise<void> {
    const { account } = wallet;
    const { attestation } = this;
    if (!account || this.running || attestation === null) return;
    const from = Math.max(this.now ?? 0, this.runningUntil);
    const price = until > from ? priceOf(this.offer, from, until) : 0n;
    this.#payment = price <= this.#allowance ? 'none' : gift === undefined ? 'signature' : 'transaction';
    this.repriced = false;
    this.stage = gift === undefined ? 'key' : this.#payment === 'none' ? 'submitting' : 'allowing';
    await this.#run(async () => {
      const market = await loadMarket();
      const client = await wallet.client();
      if (!client) return null;
      return gift === undefined
        ? this.#buyOwn(market, client, { account, until, attestation })
        : this.#buyGift(market, client, { account, until, attestation, gift, price });
    });
  }

  /** Back to choosing, after a failure. */
  again(): void {
    this.stage = null;
    this.failure = null;
  }

  async #buyOwn(
    market: Market,
    client: ConnectedClient,
    { account, until, attestation }: { account: Address; until: number; attestation: Hex }
  ): Promise<LicenseRecord> {
    const { publicKey } = await buyerKeyFor(account, this.product.offer.offerId);
    // Asks the browser not to clear the key when its disk runs full; a refusal changes nothing.
    void navigator.storage.persist().catch(() => false);
    return this.#send(market, client, { account, licensee: account, until, attestation, publicKey });
  }

  async #buyGift(
    market: Market,
    client: ConnectedClient,
    parameters: { account: Address; until: number; attestation: Hex; gift: GiftTo; price: bigint }
  ): Promise<LicenseRecord> {
    const { account, until, attestation, gift, price } = parameters;
    if (price > 0n) {
      const spender = market.deployment.contracts.DataLicense;
      await allowPayment({ market, wallet: client, spender, amount: price });
    }
    this.stage = 'submitting';
    const { account: licensee, publicKey } = gift;
    return this.#send(market, client, { account, licensee, until, attestation, publicKey });
  }

  async #send(
    market: Market,
    client: ConnectedClient,
    parameters: { account: Address; licensee: Address; until: number; attestation: Hex; publicKey: Hex }
  ): Promise<LicenseRecord> {
    const { account, licensee, until, attestation, publicKey } = parameters;
    const { productId, offer } = this.product;
    let pending: PendingPurchase | undefined;
    const bought = await buyLicense({
      market,
      wallet: client,
      offer: this.offer,
      position: offer.position,
      publicKey,
      period: { until },
      attestation,
      ...(licensee === account ? {} : { licensee }),
      onStep: (step) => {
        if (step.step === 'confirming' && step.sent !== undefined) {
          this.repriced = pending !== undefined;
          pending = { productId, offerId: offer.offerId, account, licensee, sent: step.sent };
          rememberPending(pending);
        }
        if (step.step !== 'confirmed') this.stage = step.step;
      }
    });
    if (pending === undefined) throw new LogMissingError('LicensePurchased', bought.transactionHash);
    return this.#confirm(market, pending);
  }

  async #confirm(market: Market, pending: PendingPurchase): Promise<LicenseRecord> {
    const license = await readPurchase(market, this.product, pending, () => {
      this.repriced = true;
    });
    await rememberBought(license);
    return license;
  }

  async #run(work: () => Promise<LicenseRecord | null>): Promise<void> {
    this.failure = null;
    try {
      this.license = await work();
      if (!this.license) this.stage = null;
      forgetPending(this.product.productId);
    } catch (error) {
      this.failure = explain(error);
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (typeof code !== 'string' || !open.has(code)) forgetPending(this.product.productId);
    }
  }
}
