import type { IdentityCheck } from '#sdk/protocol/identity';
import { explain, type Explanation } from '../wallet/explain.ts';
import { wallet } from '../wallet/wallet.svelte.ts';

type Method = 'domain' | 'ensName';

/**
 * A name on its way to being proved: typed, looked at as often as one likes, agreed to by the account, attested. What was
 * typed is kept through every failure.
 */
export class Proof {
  name = $state('');
  /** What is under way. */
  doing = $state<'looking' | 'signing' | 'attesting' | null>(null);
  check = $state.raw<IdentityCheck | null>(null);
  failure = $state<Explanation | null>(null);
  readonly #method: Method;
  readonly #onattested: () => void;

  /** @param onattested Called once an attestation stands on the chain. */
  constructor(method: Method, onattested: () => void) {
    this.#method = method;
    this.#onattested = onattested;
  }

  /** Has the market look now. Never throws: a failure is in `failure`. */
  async look(): Promise<void> {
    await this.#run('looking', async (account) => {
      const { checkName } = await import('./ask-verifier.ts');
      const name = this.name.trim().toLowerCase();
      this.check = await checkName(account, this.#method === 'domain' ? { domain: name } : { ensName: name });
    });
  }

  /** Asks the wallet for the account's consent and has the market attest. Never throws. */
  async agree(): Promise<void> {
    const domain = this.check?.name;
    if (domain === undefined) return;
    await this.#run('signing', async (account) => {
      const client = await wallet.client();
      if (client === null) return;
      const { checkName, signConsent } = await import('./ask-verifier.ts');
      const consent = await signConsent(client, account, domain);
      this.doing = 'attesting';
      this.check = await checkName(account, { domain, consent });
    });
  }

  /** What was found belongs to a name and an account: it is not shown beside others. */
  forget(): void {
    this.check = null;
    this.failure = null;
  }

  async #run(doing: 'looking' | 'signing', act: (account: `0x${string}`) => Promise<void>): Promise<void> {
    if (this.doing !== null) return;
    this.failure = null;
    const account = await wallet.connect();
    if (account === null) return;
    this.doing = doing;
    try {
      await act(account);
      if (this.check?.state === 'attested') this.#onattested();
    } catch (error) {
      this.failure = explain(error);
    } finally {
      this.doing = null;
    }
  }
}
