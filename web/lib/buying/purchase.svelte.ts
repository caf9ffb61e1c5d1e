import { readAllowance } from '#sdk/actions/allow-payment';
import { buyLicense } from '#sdk/actions/buy-license';
import type { Market } from '#sdk/actions/connect-market';
import { readLicense } from '#sdk/actions/read-license';
import type { LicenseRecord, Product } from '#sdk/protocol/discovery';
import type { Offer } from '#sdk/protocol/offer';
import { offerOfRecord } from '#sdk/protocol/offer-of-record';
import { priceOf } from '#sdk/protocol/price';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { findAttestation } from '../attestations/find-attestation.ts';
import { buyerKeyFor } from '../keys/buyer-keys.ts';
import type { Step } from '../ui/Steps.svelte';
import { datacoinBalance } from '../wallet/balance.ts';
import { explain, type Explanation } from '../wallet/explain.ts';
import { loadMarket } from '../wallet/market.ts';
import { wallet } from '../wallet/wallet.svelte.ts';
import { rememberBought } from './bought.ts';
import { forgetPending, pendingPurchase, rememberPending, type PendingPurchase } from './pending.ts';
import { readPurchase } from './read-purchase.ts';

const stages = ['key', 'signing', 'submitting', 'confirming'] as const;
type Stage = (typeof stages)[number];

const words: Record<Stage, { title: string; detail: string }> = {
  key: { title: 'Make your key', detail: 'A reading key is made and kept in this browser.' },
  signing: {
    title: 'Sign the payment',
    detail: 'Your wallet asks you to allow exactly this price. This costs nothing yet.'
  },
  submitting: { title: 'Send the purchase', detail: 'Your wallet asks you to send one transaction.' },
  confirming: { title: 'Wait for the block', detail: 'Sent. You may close this page: the purchase goes on without it.' }
};

/** One purchase of one product: what is known before, how far it is, how it ended. */
export class Purchase {
  /** Unix seconds by the chain, kept going by this machine's clock; null until the chain answered. */
  now = $state<number | null>(null);
  /** End of the account's latest licence, Unix seconds; 0 where it never had one. */
  runningUntil = $state(0);
  /** DATAcoin wei of the account; null until known. */
  balance = $state<bigint | null>(null);
  /** uid of the attestation that the offer demands; zero where it demands none, null where the account has none. */
  attestation = $state<Hex | null>(null);
  stage = $state<Stage | null>(null);
  failure = $state<Explanation | null>(null);
  /** The licence, once the chain has it. */
  license = $state<LicenseRecord | null>(null);
  readonly product: Product;
  readonly offer: Offer;
  readonly running = $derived(this.stage !== null && this.failure === null && this.license === null);
  readonly steps = $derived(this.#steps());
  #needsSignature = $state(true);
  /** DATAcoin wei that the contract may take already. */
  #allowance = 0n;
  #ahead = 0;

  constructor(product: Product) {
    this.product = product;
    this.offer = offerOfRecord(product.offer);
  }

  /** Asks the chain what the account has: its running licence and its balance. */
  async look(account: Address): Promise<void> {
    this.failure = null;
    try {
      const market = await loadMarket();
      const [license, balance, allowance] = await Promise.all([
        readLicense({ market, offerId: this.product.offer.offerId, account }),
        datacoinBalance(account),
        readAllowance(market, account, market.deployment.contracts.DataLicense)
      ]);
      this.attestation = await findAttestation(market, this.offer, account, license.now);
      this.#allowance = allowance;
      // A chain whose time runs ahead decides what is paid; one whose newest block is old does not.
      this.#ahead = Math.max(0, license.now - Math.floor(Date.now() / 1000));
      this.runningUntil = license.until;
      this.balance = balance;
      this.tick();
    } catch (error) {
      this.failure = explain(error);
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

  /** Buys up to the given end: at most one signature, and one transaction. */
  async buy(until: number): Promise<void> {
    const { account } = wallet;
    const { attestation } = this;
    if (!account || this.running || attestation === null) return;
    const from = Math.max(this.now ?? 0, this.runningUntil);
    this.#needsSignature = until > from && priceOf(this.offer, from, until) > this.#allowance;
    this.stage = 'key';
    await this.#run(async () => {
      const market = await loadMarket();
      const client = await wallet.client();
      if (!client) return null;
      const { publicKey } = await buyerKeyFor(account, this.product.offer.offerId);
      // Asks the browser not to clear the key when its disk runs full; a refusal changes nothing.
      void navigator.storage.persist().catch(() => false);
      const pending = { productId: this.product.productId, offerId: this.product.offer.offerId, account };
      const bought = await buyLicense({
        market,
        wallet: client,
        offer: this.offer,
        position: this.product.offer.position,
        publicKey,
        period: { until },
        attestation,
        onStep: (step) => {
          if (step.step === 'confirming') rememberPending({ ...pending, hash: step.hash });
          if (step.step !== 'confirmed') this.stage = step.step;
        }
      });
      return this.#confirm(market, { ...pending, hash: bought.transactionHash });
    });
  }

  /** Back to choosing, after a failure. */
  again(): void {
    this.stage = null;
    this.failure = null;
  }

  async #confirm(market: Market, pending: PendingPurchase): Promise<LicenseRecord> {
    const license = await readPurchase(market, this.product, pending);
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
      // Sent and not seen in a block: it may still happen, so it stays remembered.
      if (!(error instanceof Error && error.name === 'TransactionNotConfirmedError')) {
        forgetPending(this.product.productId);
      }
    }
  }

  #steps(): Step[] {
    const at = this.stage === null ? -1 : stages.indexOf(this.stage);
    return stages
      .filter((stage) => stage !== 'signing' || this.#needsSignature)
      .map((stage) => {
        const index = stages.indexOf(stage);
        const { title, detail } = words[stage];
        if (this.license || index < at) return { title, state: 'done' };
        if (index > at) return { title, state: 'waiting' };
        return this.failure ? { title, state: 'failed' } : { title, state: 'running', detail };
      });
  }
}
