import { TributaryError } from '#sdk/protocol/problem';

/** The key of an earlier request came with another one. */
export class IdempotencyKeyReusedError extends TributaryError {
  readonly code = 'idempotency-key-reused';
  readonly title = 'The idempotency key was used for something else';
  override readonly status = 422;

  constructor() {
    super('Make a new Idempotency-Key (a UUID) for every request that differs from earlier ones.');
  }
}

/** Answers that are remembered, and for how many milliseconds. */
const mostAnswers = 10_000;
const remembered = 86_400_000;

interface Remembered<Answer> {
  readonly fingerprint: string;
  readonly at: number;
  readonly answer: Promise<Answer>;
}

/**
 * Does under each key one thing once: who asks again, also meanwhile, gets the same answer
 * (draft-ietf-httpapi-idempotency-key-header). What failed is forgotten and may be tried again. Kept in memory: after a
 * restart the chain itself refuses what was done before.
 */
export class IdempotentAnswers<Answer> {
  private readonly answers = new Map<string, Remembered<Answer>>();
  /** Milliseconds. */
  private readonly clock: () => number;

  constructor(clock: () => number) {
    this.clock = clock;
  }

  /**
   * @param fingerprint Tells requests apart that come with the same key.
   * @throws {@link IdempotencyKeyReusedError}; what `act` throws.
   */
  async once(key: string, fingerprint: string, act: () => Promise<Answer>): Promise<Answer> {
    const now = this.clock();
    const known = this.answers.get(key);
    if (known !== undefined && now - known.at < remembered) {
      if (known.fingerprint !== fingerprint) throw new IdempotencyKeyReusedError();
      return known.answer;
    }
    const answer = act();
    const entry: Remembered<Answer> = { fingerprint, at: now, answer };
    this.answers.delete(key);
    this.answers.set(key, entry);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= mostAnswers) break;
      this.answers.delete(oldest);
    }
    try {
      return await answer;
    } catch (error) {
      if (this.answers.get(key) === entry) this.answers.delete(key);
      throw error;
    }
  }
}
