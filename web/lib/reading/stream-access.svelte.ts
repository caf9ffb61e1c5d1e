import type { LicenseRecord } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { licensesOf } from '../buying/licenses.ts';
import { explain, type Explanation } from '../wallet/explain.ts';
import { forgetSession, signIn, storedSession } from '../wallet/session.ts';
import { wallet } from '../wallet/wallet.svelte.ts';
import type { Reading } from './reading.svelte.ts';
import { latestLicense } from './standing.ts';

const noKeys: ReadonlySet<string> = new Set();

/** The stream that a page shows, as far as access to it depends on it. */
export interface AccessedStream {
  readonly stream: Address;
  readonly publicRead: boolean;
}

/** Whether the account is the stream's owner, or was given Read or Write. */
async function holdsPermission(stream: Address, account: Address): Promise<boolean> {
  const [{ readPermissions }, { loadMarket }] = await Promise.all([
    import('#sdk/actions/read-permissions'),
    import('../wallet/market.ts')
  ]);
  const { read, write } = await readPermissions({ market: await loadMarket(), stream, account });
  return read || write;
}

/**
 * What the connected account may read of the page's stream, and the way there: its licences, the signature that opens a
 * session, and the reading itself. The page may show another stream, and the wallet another account, at any moment; what
 * was asked for the one before then changes nothing.
 */
export class StreamAccess {
  /** The account's licences to the stream. */
  licenses: readonly LicenseRecord[] = $state.raw([]);
  /** Public keys whose private halves this browser holds. */
  held = $state.raw<ReadonlySet<string>>(noKeys);
  /** Of whom the licences are known; undefined before anything is. */
  knownOf: Address | null | undefined = $state.raw();
  /** Why licences or permissions could not be looked up. */
  failure: Explanation | null = $state.raw(null);
  /** Of whom a signature is wanted before events can be read; null where none is. */
  signing: Address | null = $state(null);
  /** The wallet is asked at this moment. */
  asking = $state(false);
  /** Why the signature was not given. */
  declined: Explanation | null = $state.raw(null);
  /** When the connection that is being made was begun, Unix milliseconds; 0 where none is. */
  asked = $state(0);

  readonly #stream: () => AccessedStream;
  readonly #reading: Reading;

  /** @param stream The stream that the page shows now. */
  constructor(stream: () => AccessedStream, reading: Reading) {
    this.#stream = stream;
    this.#reading = reading;
  }

  /** Reads as the account, once it is known that it may; null reads as anybody. */
  async begin(account: Address | null): Promise<void> {
    const { stream, publicRead } = this.#stream();
    const isCurrent = () => stream === this.#stream().stream && (account === null || account === wallet.account);
    this.failure = null;
    this.signing = null;
    let publicKey: Hex | null = null;
    let entitled = publicRead;
    try {
      if (account === null) this.licenses = [];
      else {
        const { heldPublicKeys } = await import('../keys/buyer-keys.ts');
        const [all, keys] = await Promise.all([licensesOf(account), heldPublicKeys()]);
        if (!isCurrent()) return;
        this.licenses = all.filter(({ streams }) => streams.includes(stream));
        this.held = keys;
        const license = latestLicense(this.licenses);
        publicKey = license && keys.has(license.publicKey) ? license.publicKey : null;
        entitled = license !== undefined || (await holdsPermission(stream, account));
      }
    } catch (error) {
      this.failure = explain(error);
    }
    if (!isCurrent()) return;
    this.knownOf = account ?? wallet.account;
    if (!entitled) {
      this.asked = 0;
      this.#reading.forget();
    } else if (account === null) {
      this.#open(stream, null, null, null);
    } else {
      const session = await storedSession(account);
      if (!isCurrent()) return;
      if (session) this.#open(stream, account, session, publicKey);
      else await this.#sign(stream, account, publicKey);
    }
  }

  /** Begins anew where the broker does not take the session any more. */
  async renew(account: Address): Promise<void> {
    forgetSession();
    await this.begin(account);
  }

  #open(...[stream, account, session, publicKey]: Parameters<Reading['open']>): void {
    this.asked = Date.now();
    this.#reading.open(stream, account, session, publicKey);
  }

  /** Has the wallet sign in, and reads then. */
  async #sign(stream: Address, account: Address, publicKey: Hex | null): Promise<void> {
    const isCurrent = () => stream === this.#stream().stream && account === wallet.account;
    this.#reading.close();
    this.asked = 0;
    // The demo wallet asks nobody: nothing to be explained.
    this.signing = wallet.kind === 'demo' ? null : account;
    this.asking = true;
    this.declined = null;
    try {
      const session = await signIn(account);
      if (!session || !isCurrent()) return;
      this.signing = null;
      this.#open(stream, account, session, publicKey);
    } catch (error) {
      if (!isCurrent()) return;
      this.signing = account;
      this.declined = explain(error);
    } finally {
      this.asking = false;
    }
  }
}
