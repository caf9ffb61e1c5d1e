import type { Account, Chain, Transport, WalletClient } from 'viem';
import type { Address } from '#sdk/protocol/primitives';
import type { AnnouncedProvider, Provider } from './provider.ts';

/** A play key of this browser on a local chain, or a wallet extension. */
export type WalletKind = 'demo' | 'browser';
export type ConnectedClient = WalletClient<Transport, Chain, Account>;

interface Remembered {
  readonly kind: WalletKind;
  readonly account: Address;
  /** EIP-6963 reverse domain name of the extension, or "injected"; "demo" for the demo wallet. */
  readonly id: string;
  readonly name: string;
}

const storageKey = 'tributary.wallet';

/** Milliseconds that a click waits for the wallet of before; one that hangs must not keep another from being chosen. */
const restorePatience = 3000;

const delay = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

function remembered(): Remembered | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { kind, account, id, name } = value as Record<string, unknown>;
    if (kind !== 'demo' && kind !== 'browser') return null;
    if (typeof account !== 'string' || !/^0x[0-9a-f]{40}$/.test(account)) return null;
    if (typeof id !== 'string' || typeof name !== 'string') return null;
    return { kind, account: account as Address, id, name };
  } catch {
    // Storage is switched off or holds rubbish: nobody is connected.
    return null;
  }
}

/**
 * Who is connected. Holds no wallet code: that is loaded by the click on "Connect" and by the first use of `client`.
 * One per page view.
 */
class Wallet {
  /** The connected account, lowercase; null when nobody is. */
  account = $state<Address | null>(null);
  kind = $state<WalletKind | null>(null);
  /** How the wallet calls itself. */
  name = $state('');
  /** Chain that the wallet is on; null when unknown, and for the demo wallet, which has no other than the market's. */
  chainId = $state<number | null>(null);
  marketChainId = $state<number | null>(null);
  /** False until it is known whether somebody was connected before; always false on the server. */
  ready = $state(false);
  /** The sheet that asks which wallet to connect is open. */
  choosing = $state(false);
  /** The wallet's own dialog is open above the page; modal dialogs of ours step aside meanwhile. */
  elsewhere = $state(false);

  /** The wallet is on a chain on which this market does not exist. */
  readonly wrongChain = $derived(
    this.chainId !== null && this.marketChainId !== null && this.chainId !== this.marketChainId
  );

  #provider: Provider | null = null;
  #restored: Promise<void> | undefined;
  #unwatch: () => void = () => undefined;
  #answer: (account: Address | null) => void = () => undefined;

  /** Connects again whoever was connected before this page view; however often it is called, it does so once. */
  restore(): Promise<void> {
    this.#restored ??= this.#restore().finally(() => {
      this.ready = true;
    });
    return this.#restored;
  }

  async #restore(): Promise<void> {
    const before = remembered();
    if (before?.kind === 'demo') this.#show(before);
    if (before?.kind !== 'browser') return;
    try {
      const { findProvider } = await import('./provider.ts');
      const found = await findProvider(before.id);
      // An extension that is only slow to start must not cost the visitor the connection: it stays remembered.
      if (found) await this.#attach(found);
    } catch {
      // The market or the extension does not answer: nobody is connected, and connecting says why.
    }
  }

  /**
   * The account: at once where one is connected, else of the sheet that asks which wallet to connect. Whoever was
   * connected before this page view is found again first, so that an early click asks nobody twice.
   *
   * @returns Null when the visitor closed the sheet.
   */
  async connect(): Promise<Address | null> {
    if (!this.account) await Promise.race([this.restore(), delay(restorePatience)]);
    if (this.account) return this.account;
    this.#answer(null);
    this.choosing = true;
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** The sheet was closed without a choice. */
  dismiss(): void {
    this.choosing = false;
    this.#answer(null);
  }

  /** Uses the demo wallet from now on. */
  useDemo(account: Address): void {
    this.#unwatch();
    this.#provider = null;
    this.chainId = null;
    this.#keep({ kind: 'demo', account, id: 'demo', name: 'Demo wallet' });
    this.choosing = false;
    this.#answer(account);
  }

  /** Uses a wallet extension that its owner has just approved. */
  async useBrowser(chosen: AnnouncedProvider): Promise<void> {
    await this.#attach(chosen);
    this.choosing = false;
    this.#answer(this.account);
  }

  disconnect(): void {
    this.#unwatch();
    this.#unwatch = () => undefined;
    this.#provider = null;
    this.account = null;
    this.kind = null;
    this.name = '';
    this.chainId = null;
    localStorage.removeItem(storageKey);
  }

  /** The client with which the sdk's verbs sign and send; null when nobody is connected. */
  async client(): Promise<ConnectedClient | null> {
    if (this.kind === 'demo') return (await import('./demo.ts')).demoClient();
    if (this.account && this.#provider)
      return (await import('./browser.ts')).browserClient(this.#provider, this.account);
    return null;
  }

  /** Asks the wallet to move to the market's chain; throws what the wallet answers when its owner declines. */
  async switchChain(): Promise<void> {
    if (!this.#provider) return;
    const { moveToMarketChain } = await import('./browser.ts');
    this.chainId = await moveToMarketChain(this.#provider);
  }

  async #attach(found: AnnouncedProvider): Promise<void> {
    const [{ readProvider, watchProvider }, { loadMarket }] = await Promise.all([
      import('./browser.ts'),
      import('./market.ts')
    ]);
    const [{ account, chainId }, market] = await Promise.all([readProvider(found.provider), loadMarket()]);
    this.marketChainId = market.chainId;
    if (!account) {
      this.disconnect();
      return;
    }
    this.#unwatch();
    this.#provider = found.provider;
    this.chainId = chainId;
    const keep = (next: Address) => {
      this.#keep({ kind: 'browser', account: next, id: found.id, name: found.name });
    };
    keep(account);
    this.#unwatch = watchProvider(found.provider, {
      account: (next) => {
        if (next) keep(next);
        else this.disconnect();
      },
      chain: (next) => {
        this.chainId = next;
      }
    });
  }

  #keep(wallet: Remembered): void {
    this.#show(wallet);
    localStorage.setItem(storageKey, JSON.stringify(wallet));
  }

  #show(wallet: Remembered): void {
    this.account = wallet.account;
    this.kind = wallet.kind;
    this.name = wallet.name;
  }
}

export const wallet = new Wallet();
