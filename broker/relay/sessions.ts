import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { type Address, addressSchema, type Hex } from '#sdk/protocol/primitives';
import type { Session, SessionChallenge } from '#sdk/protocol/session';
import type { ChainClient } from '../chain/client.ts';
import { authenticate } from './authentication.ts';
import { AuthenticationError, SessionInvalidError, SessionMissingError } from './refusals.ts';

/** Milliseconds after which a session ends, if its message does not say an earlier time. */
const longestSession = 86_400_000;
/** Milliseconds for which a challenge over HTTP can be answered. */
const challengeAge = 300_000;
/** Answered challenges remembered, so that none is answered twice. */
const mostAnswered = 100_000;

export interface SessionsOptions {
  readonly client: ChainClient;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Host, and port if any, under which people reach the market. */
  readonly domain: string;
  readonly chainId: number;
  /** 32 bytes that all brokers of one store share, so that each takes the others' tokens. */
  readonly secret: () => Promise<Uint8Array>;
}

/** Who a token speaks for. */
export type SessionHolder = Pick<Session, 'account' | 'until'>;

/**
 * Sessions of accounts that signed in (EIP-4361). A token says of itself whose it is and until when, under a
 * message authentication code: nothing is stored, and every broker that shares the secret takes it.
 */
export class Sessions {
  private readonly options: SessionsOptions;
  private secret: Promise<Uint8Array> | null = null;
  /** Nonces that were answered, with the Unix milliseconds at which they end anyway. */
  private readonly answered = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.options = options;
  }

  /** A challenge for a connection, whose nonce it remembers itself. */
  connectionChallenge(): SessionChallenge {
    return this.challengeWith(randomBytes(16).toString('hex'));
  }

  /** A challenge to be answered over HTTP, within five minutes and once. */
  async challenge(): Promise<SessionChallenge> {
    const made = Buffer.alloc(22);
    made.writeUIntBE(this.options.clock() + challengeAge, 0, 6);
    randomBytes(16).copy(made, 6);
    return this.challengeWith(made.toString('hex') + (await this.code('challenge', made)).toString('hex'));
  }

  /**
   * Opens a session over HTTP.
   *
   * @param message The EIP-4361 message as it was signed, over a nonce that {@link challenge} gave.
   * @throws AuthenticationError, ChainUnavailableError where only the chain could tell, DatabaseUnavailableError.
   */
  async open(message: string, signature: Hex): Promise<Session> {
    const nonce = /^Nonce: ([0-9a-f]{108})$/m.exec(message)?.[1];
    const made = Buffer.from(nonce?.slice(0, 44) ?? '', 'hex');
    if (nonce === undefined || !isSame(await this.code('challenge', made), Buffer.from(nonce.slice(44), 'hex'))) {
      throw new AuthenticationError('Sign a message that contains a nonce of GET /v1/session of this broker.');
    }
    const now = this.options.clock();
    const until = made.readUIntBE(0, 6);
    if (until < now) throw new AuthenticationError('The nonce is older than five minutes. Ask for another one.');
    if (this.answered.has(nonce)) throw new AuthenticationError('The nonce was used before. Ask for another one.');
    const session = await this.openFor(message, signature, this.challengeWith(nonce));
    this.remember(nonce, until, now);
    return session;
  }

  /**
   * Opens a session that answers a challenge, as of a connection.
   *
   * @throws as {@link open}.
   */
  async openFor(message: string, signature: Hex, challenge: SessionChallenge): Promise<Session> {
    const now = this.options.clock();
    const signed = await authenticate(message, signature, challenge, now, this.options.client);
    const until = Math.min(now + longestSession, signed.until ?? Number.POSITIVE_INFINITY);
    return { account: signed.account, until, token: await this.tokenOf({ account: signed.account, until }) };
  }

  /**
   * Reads a token.
   *
   * @throws {@link SessionInvalidError} where it has ended, or no broker that shares the secret made it.
   */
  async read(token: string): Promise<SessionHolder> {
    const bytes = Buffer.from(token, 'base64url');
    const made = bytes.subarray(0, 42);
    if (bytes.length !== 74 || !isSame(await this.code('token', made), bytes.subarray(42))) {
      throw new SessionInvalidError('The token is none that this market gave. Sign in again.');
    }
    const until = made.readUIntBE(0, 6);
    if (until <= this.options.clock()) throw new SessionInvalidError('The session has ended. Sign in again.');
    return { account: addressSchema.parse(`0x${made.subarray(6, 26).toString('hex')}`), until };
  }

  /**
   * Who sent a request: the account whose token is in its Authorization header (RFC 6750), or null without one.
   *
   * @throws {@link SessionInvalidError} where a token is there and speaks for nobody.
   */
  async accountOf(context: Context): Promise<Address | null> {
    return (await this.holderOf(context))?.account ?? null;
  }

  /**
   * Who sent a request that only a known account may send.
   *
   * @throws {@link SessionMissingError} without a token, {@link SessionInvalidError}.
   */
  async requireAccount(context: Context): Promise<Address> {
    const account = await this.accountOf(context);
    if (account === null) throw new SessionMissingError();
    return account;
  }

  /** The same as {@link accountOf}, with the end of the session. */
  async holderOf(context: Context): Promise<SessionHolder | null> {
    const header = context.req.header('authorization');
    if (header === undefined) return null;
    const token = /^Bearer ([\w.~+/-]{1,512}=*)$/i.exec(header)?.[1];
    if (token === undefined)
      throw new SessionInvalidError('Send the token of a session: Authorization: Bearer <token>.');
    return this.read(token);
  }

  private async tokenOf({ account, until }: SessionHolder): Promise<string> {
    const made = Buffer.alloc(42);
    made.writeUIntBE(until, 0, 6);
    Buffer.from(account.slice(2), 'hex').copy(made, 6);
    randomBytes(16).copy(made, 26);
    return Buffer.concat([made, await this.code('token', made)]).toString('base64url');
  }

  private challengeWith(nonce: string): SessionChallenge {
    return { nonce, domain: this.options.domain, chainId: this.options.chainId };
  }

  private async code(purpose: 'challenge' | 'token', bytes: Uint8Array): Promise<Buffer> {
    this.secret ??= this.options.secret();
    // Failures are not remembered.
    this.secret.catch(() => (this.secret = null));
    const label = `tributary/session ${purpose} ${String(this.options.chainId)} ${this.options.domain}\n`;
    return createHmac('sha256', await this.secret)
      .update(label)
      .update(bytes)
      .digest();
  }

  private remember(nonce: string, until: number, now: number): void {
    for (const [other, end] of this.answered) {
      // In the order in which they were answered, which is nearly that of their ends.
      if (end >= now && this.answered.size < mostAnswered) break;
      this.answered.delete(other);
    }
    this.answered.set(nonce, until);
  }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
