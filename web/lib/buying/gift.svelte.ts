import type { Address, Hex } from '#sdk/protocol/primitives';
import { explain, type Explanation } from '../wallet/explain.ts';
import { loadMarket } from '../wallet/market.ts';
import { wallet } from '../wallet/wallet.svelte.ts';
import { findRecipient, recipientKey, type RecipientKey } from './recipient.ts';
import { m } from '../generated/messages/messages.js';

/** To whom a licence is bought, where that is not the buyer. */
export class Gift {
  wanted = $state(false);
  /** Address or ENS name, as it is being entered. */
  text = $state('');
  looking = $state(false);
  failure = $state<Explanation | null>(null);
  found = $state.raw<{ readonly account: Address; readonly key: RecipientKey } | null>(null);
  /** A gift that lacks its recipient. */
  readonly incomplete = $derived(this.wanted && this.found === null);
  readonly #offerId: Hex;

  constructor(offerId: Hex) {
    this.#offerId = offerId;
  }

  /** Looks up what was entered. Never throws: a failure is in `failure`. */
  async find(): Promise<void> {
    const entered = this.text;
    this.found = null;
    this.failure = null;
    this.looking = true;
    try {
      const market = await loadMarket();
      const account = await findRecipient(market, entered);
      if (account === wallet.account) {
        this.failure = {
          title: m.buying_gift_own(),
          detail: m.buying_gift_own_means()
        };
      } else {
        const key = await recipientKey(market, this.#offerId, account);
        // What was entered meanwhile is looked up by itself.
        if (entered === this.text) this.found = { account, key };
      }
    } catch (error) {
      this.failure = explain(error);
    }
    this.looking = false;
  }

  /** Something else is being entered: what was found no longer counts. */
  reset(): void {
    this.found = null;
    this.failure = null;
  }
}
