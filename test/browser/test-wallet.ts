/// <reference lib="dom" />
import type { BrowserContext, Page } from 'playwright-core';
import {
  createWalletClient,
  hexToString,
  http,
  numberToHex,
  rpcSchema,
  type Hex,
  type TransactionSerializable,
  type TypedDataDefinition
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { addressSchema, type Address } from '#sdk/protocol/primitives';

/** Codes of EIP-1193 and EIP-3326. */
const userRejected = { code: 4001, message: 'User rejected the request.' };
const unknownChain = { code: 4902, message: 'Unrecognized chain. Try adding it first.' };

/** Milliseconds that a person takes to decline. */
const hesitation = 300;

const transactionSchema = z.object({
  to: addressSchema,
  data: z.custom<Hex>().optional(),
  value: z.custom<Hex>().optional(),
  gas: z.custom<Hex>().optional()
});
const chainParameterSchema = z.tuple([z.object({ chainId: z.string() })]);

export interface TestWalletOptions {
  readonly chainUrl: string;
  /** Chain on which the wallet starts. */
  readonly chainId: number;
  readonly privateKey: Hex;
}

/** A wallet extension as pages see one, held by the test, which plays its owner. */
export interface TestWallet {
  readonly account: Address;
  /** Signatures and transactions that its owner was asked for and gave. */
  readonly signatures: number;
  readonly transactions: number;
  /** Signatures that open a session (EIP-4361), which are counted apart. */
  readonly signIns: number;
  /** The owner declines the next request that needs an answer, or the one after so many that are agreed to. */
  declineNext(after?: number): void;
  /** Milliseconds that the extension takes from now on to say whose accounts a page may see. */
  wakeSlowly(milliseconds: number): void;
  /** The owner sends the latest transaction again for a higher fee, which is mined in its place. */
  speedUp(): Promise<void>;
  /** The owner cancels the latest transaction: sends nothing to itself under the same number. */
  cancel(): Promise<void>;
  /** Hash of the latest transaction. */
  readonly latest: Hex;
  /** The owner moves the wallet to another chain, as by the extension's own menu. */
  moveTo(chainId: number): Promise<void>;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/**
 * Puts a wallet into every page of a context: announced by EIP-6963, spoken to by EIP-1193. Like real ones it shows no
 * account before its owner approved the page, and is slow to decline.
 */
export async function installTestWallet(context: BrowserContext, options: TestWalletOptions): Promise<TestWallet> {
  const owner = privateKeyToAccount(options.privateKey);
  const account = addressSchema.parse(owner.address);
  const client = createWalletClient({
    account: owner,
    transport: http(options.chainUrl),
    rpcSchema: rpcSchema<[{ Method: string; Parameters?: unknown; ReturnType: unknown }]>()
  });
  const known = new Set([options.chainId]);
  let chainId = options.chainId;
  let approved = false;
  /** Requests that are agreed to before one is declined; null for all. */
  let agreeable: number | null = null;
  let drowsiness = 0;
  let signatures = 0;
  let signIns = 0;
  let transactions = 0;
  let latest: { readonly hash: Hex; readonly request: TransactionSerializable } | undefined;

  /** Sends something under the number of the latest transaction, for ten times its fee. */
  const sendInstead = async (change: (request: TransactionSerializable) => TransactionSerializable) => {
    if (latest === undefined) throw new TypeError('Nothing was sent yet.');
    const { hash, request } = latest;
    const { nonce, gasPrice } = z
      .object({ nonce: z.custom<Hex>(), gasPrice: z.custom<Hex>() })
      .parse(await client.request({ method: 'eth_getTransactionByHash', params: [hash] }));
    const instead = { ...change(request), nonce: Number(nonce), gasPrice: 10n * BigInt(gasPrice), type: 'legacy' };
    latest = { hash: await client.sendTransaction({ ...instead, chain: null } as never), request };
  };

  const emit = async (event: string, value: unknown) => {
    await Promise.all(
      context.pages().map((page: Page) =>
        page
          .evaluate(
            ([name, detail]) => {
              dispatchEvent(new CustomEvent('test-wallet', { detail: { name, detail } }));
            },
            [event, value] as const
          )
          // A page that is just being left hears nothing, like a real one.
          .catch(() => undefined)
      )
    );
  };

  /** Asks the owner; true when the answer is yes. */
  const agreed = async () => {
    if (agreeable === null) return true;
    if (agreeable > 0) {
      agreeable -= 1;
      return true;
    }
    agreeable = null;
    await new Promise((resolve) => setTimeout(resolve, hesitation));
    return false;
  };

  const handle = async (method: string, params: unknown): Promise<Answer> => {
    switch (method) {
      case 'eth_chainId':
        return { result: numberToHex(chainId) };
      case 'eth_accounts':
        if (drowsiness > 0) await new Promise((resolve) => setTimeout(resolve, drowsiness));
        return { result: approved ? [account] : [] };
      case 'wallet_requestPermissions':
      case 'eth_requestAccounts': {
        if (!approved && !(await agreed())) return { error: userRejected };
        approved = true;
        const permission = {
          parentCapability: 'eth_accounts',
          caveats: [{ type: 'restrictReturnedAccounts', value: [account] }]
        };
        return { result: method === 'eth_requestAccounts' ? [account] : [permission] };
      }
      case 'wallet_switchEthereumChain': {
        const wanted = Number(chainParameterSchema.parse(params)[0].chainId);
        if (!known.has(wanted)) return { error: unknownChain };
        if (!(await agreed())) return { error: userRejected };
        chainId = wanted;
        await emit('chainChanged', numberToHex(wanted));
        return { result: null };
      }
      case 'wallet_addEthereumChain':
        if (!(await agreed())) return { error: userRejected };
        known.add(Number(z.array(z.object({ chainId: z.string() })).parse(params)[0]?.chainId));
        return { result: null };
      case 'eth_signTypedData_v4': {
        if (!(await agreed())) return { error: userRejected };
        const [, text] = z.tuple([z.string(), z.string()]).parse(params);
        signatures += 1;
        return { result: await owner.signTypedData(JSON.parse(text) as TypedDataDefinition) };
      }
      case 'personal_sign': {
        if (!(await agreed())) return { error: userRejected };
        const [raw] = z.tuple([z.custom<Hex>(), z.string()]).parse(params);
        if (hexToString(raw).includes(' wants you to sign in with your Ethereum account:')) signIns += 1;
        else signatures += 1;
        return { result: await owner.signMessage({ message: { raw } }) };
      }
      case 'eth_sendTransaction': {
        if (!(await agreed())) return { error: userRejected };
        const [{ to, data, value, gas }] = z.tuple([transactionSchema]).parse(params);
        transactions += 1;
        const request: TransactionSerializable = {
          to,
          ...(data === undefined ? {} : { data }),
          ...(value === undefined ? {} : { value: BigInt(value) }),
          ...(gas === undefined ? {} : { gas: BigInt(gas) })
        };
        const hash = await client.sendTransaction({ ...request, chain: null } as never);
        latest = { hash, request };
        return { result: hash };
      }
      default:
        return { result: await client.request({ method, params }) };
    }
  };

  await context.exposeFunction('testWalletRequest', async (method: string, params: unknown): Promise<Answer> => {
    try {
      return await handle(method, params);
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown };
      return { error: { code: typeof code === 'number' ? code : -32_603, message: String(message) } };
    }
  });
  await context.addInitScript(() => {
    const request = Reflect.get(globalThis, 'testWalletRequest') as (
      method: string,
      params: unknown
    ) => Promise<Answer>;
    const listeners = new Map<string, Set<(value: unknown) => void>>();
    const provider = {
      request: async ({ method, params }: { method: string; params?: unknown }) => {
        const { result, error } = await request(method, params);
        if (error) throw Object.assign(new Error(error.message), { code: error.code });
        return result;
      },
      on: (event: string, listener: (value: unknown) => void) => {
        listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
      },
      removeListener: (event: string, listener: (value: unknown) => void) => {
        listeners.get(event)?.delete(listener);
      }
    };
    addEventListener('test-wallet', (event) => {
      const { name, detail } = (event as CustomEvent<{ name: string; detail: unknown }>).detail;
      for (const listener of listeners.get(name) ?? []) listener(detail);
    });
    const info = {
      uuid: '6a1c1b1e-3f0e-4f0e-9c3a-7a3a5b1d2c4e',
      name: 'Test Wallet',
      rdns: 'test.tributary.wallet',
      icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    };
    const announce = () => {
      dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
    };
    addEventListener('eip6963:requestProvider', announce);
    announce();
  });

  return {
    account,
    get signatures() {
      return signatures;
    },
    get signIns() {
      return signIns;
    },
    get transactions() {
      return transactions;
    },
    declineNext: (after = 0) => {
      agreeable = after;
    },
    get latest() {
      if (latest === undefined) throw new TypeError('Nothing was sent yet.');
      return latest.hash;
    },
    speedUp: () => sendInstead((request) => request),
    cancel: () => sendInstead(() => ({ to: account, value: 0n, gas: 21_000n })),
    wakeSlowly: (milliseconds) => {
      drowsiness = milliseconds;
    },
    moveTo: async (chain) => {
      known.add(chain);
      chainId = chain;
      await emit('chainChanged', numberToHex(chain));
    }
  };
}
