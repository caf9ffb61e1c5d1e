import { RateLimitedError } from './refusals.ts';

/** So much at once, and so much again in every second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** What is left of a rate: RateLimit header fields for HTTP (IETF draft-ietf-httpapi-ratelimit-headers). */
export interface RateState {
  readonly remaining: number;
  /** Seconds until the whole burst is there again. */
  readonly reset: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  at: number;
}

/** Names remembered; the one used least recently makes room, and has everything again when it comes back. */
const mostNames = 50_000;

/** Token buckets by name, such as a network address or a publisher. Bounded in memory. */
export class RateLimiter {
  private readonly rate: Rate;
  private readonly subject: string;
  private readonly clock: () => number;
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param subject What the names are, for the header and the refusal: "address".
   * @param clock Milliseconds that never go back; only differences are used.
   */
  constructor(subject: string, rate: Rate, clock: () => number = () => performance.now()) {
    this.subject = subject;
    this.rate = rate;
    this.clock = clock;
  }

  /** Value of the header RateLimit-Policy. */
  get policy(): string {
    const { burst, perSecond } = this.rate;
    return `"${this.subject}";q=${String(burst)};w=${String(Math.max(1, Math.ceil(burst / perSecond)))}`;
  }

  /** Value of the header RateLimit. */
  header(name: string): string {
    const { remaining, reset } = this.state(name);
    return `"${this.subject}";r=${String(remaining)};t=${String(reset)}`;
  }

  state(name: string): RateState {
    const tokens = this.tokensOf(name);
    const { burst, perSecond } = this.rate;
    return { remaining: Math.floor(tokens), reset: Math.ceil((burst - tokens) / perSecond) };
  }

  /**
   * Refuses whoever has nothing left, without taking anything.
   *
   * @throws {@link RateLimitedError}
   */
  check(name: string): void {
    const missing = 1 - this.tokensOf(name);
    if (missing > 0) throw new RateLimitedError(this.subject, Math.max(1, Math.ceil(missing / this.rate.perSecond)));
  }

  /**
   * Takes one.
   *
   * @throws {@link RateLimitedError} where nothing is left.
   */
  take(name: string): void {
    this.check(name);
    const bucket = { tokens: this.tokensOf(name) - 1, at: this.clock() };
    this.buckets.delete(name);
    const oldest = this.buckets.keys().next();
    if (this.buckets.size >= mostNames && oldest.done !== true) this.buckets.delete(oldest.value);
    this.buckets.set(name, bucket);
  }

  private tokensOf(name: string): number {
    const { burst, perSecond } = this.rate;
    const bucket = this.buckets.get(name);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((this.clock() - bucket.at) / 1000) * perSecond);
  }
}
