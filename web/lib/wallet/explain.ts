import { m } from '../generated/messages/messages.js';

/** A failure in words: what happened, and what it means and what to do. */
export interface Explanation {
  readonly title: string;
  readonly detail: string;
}

/** EIP-1193: the owner of the wallet said no. */
const userRejected = 4001;
/** EIP-1474: a request of this page is already open in the wallet. */
const alreadyPending = -32002;

const hasText = (error: object, field: string): error is Record<string, string> =>
  field in error && typeof (error as Record<string, unknown>)[field] === 'string';

let wordsOf: (failure: Error) => Explanation | undefined = () => undefined;

/** Takes the words for failures of the sdk. They come with the sdk: no page needs them at first. */
export function learnFailures(words: typeof wordsOf): void {
  wordsOf = words;
}

/**
 * Puts any failure in words. The project's own errors say themselves what happened and what to do, the sdk's in English where {@link learnFailures} was not told better; a wallet's refusals
 * are known by their codes, also where a library wrapped them; anything else is said to be unknown, without its
 * internals.
 */
export function explain(error: unknown): Explanation {
  // By shape and not by class, since importing the class would bring a validation library into the first page view.
  if (error instanceof Error && hasText(error, 'code') && hasText(error, 'title')) {
    return wordsOf(error) ?? { title: String(error['title']), detail: error.message };
  }
  for (let cause = error, depth = 0; typeof cause === 'object' && cause !== null && depth < 8; depth += 1) {
    const code: unknown = 'code' in cause ? cause.code : undefined;
    if (code === userRejected) {
      return {
        title: m.wallet_declined(),
        detail: m.wallet_declined_detail()
      };
    }
    if (code === alreadyPending) {
      return {
        title: m.wallet_waiting(),
        detail: m.wallet_waiting_detail()
      };
    }
    cause = 'cause' in cause ? cause.cause : null;
  }
  return {
    title: m.wallet_unknown(),
    detail: m.wallet_unknown_detail()
  };
}
