import type { Hex } from './primitives.ts';

/** A batch whose root was found signed. */
export interface ProvenBatch {
  readonly kind: string;
  readonly origin: Hex;
  readonly size: number;
  readonly signature: Uint8Array;
  readonly root: Uint8Array;
  /** Hashes of its tree by height and place, as the proofs of verified events gave them. */
  readonly hashes: Map<number, Uint8Array>;
  /** Timestamps of events for which the signature was checked: what holds at both holds between them. */
  from: number;
  until: number;
}

interface ProvenSignature {
  readonly kind: string;
  readonly origin: Hex;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** A check of the signature of a batch that has not answered yet. */
interface RunningCheck {
  readonly kind: string;
  readonly origin: Hex;
  readonly size: number;
  readonly signature: Uint8Array;
  readonly done: Promise<void>;
}

/**
 * What was verified a moment ago, so that a batch of 64 events costs one check of a signature. Nothing is believed that
 * was not checked: an entry stands for one signature by one origin, byte for byte. Keep a memory no longer than an
 * answer of the chain may be old: a contract can change its mind about a signature.
 */
export class VerificationMemory {
  readonly #capacity: number;
  readonly #batches: ProvenBatch[] = [];
  readonly #signatures: ProvenSignature[] = [];
  readonly #running: RunningCheck[] = [];

  /** @param capacity - Batches, and single signatures, that are remembered at the same time. */
  constructor(capacity = 16) {
    this.#capacity = capacity;
  }

  /** The batch under this signature, if it was verified. */
  find(kind: string, origin: Hex, size: number, signature: Uint8Array): ProvenBatch | undefined {
    return this.#batches.find(
      (batch) =>
        batch.size === size && batch.origin === origin && batch.kind === kind && isSame(batch.signature, signature)
    );
  }

  /**
   * Resolves, whatever the answer is, when a check of this signature that runs for another event of the batch is done;
   * undefined where none runs. So events that are verified at the same time cost one check too.
   */
  running(kind: string, origin: Hex, size: number, signature: Uint8Array): Promise<void> | undefined {
    return this.#running.find(
      (check) =>
        check.size === size && check.origin === origin && check.kind === kind && isSame(check.signature, signature)
    )?.done;
  }

  /** Takes in a check that has begun. */
  begin(kind: string, origin: Hex, size: number, signature: Uint8Array, answer: Promise<boolean>): void {
    const forget = (): void => {
      this.#running.splice(this.#running.indexOf(check), 1);
    };
    const check = { kind, origin, size, signature, done: answer.then(forget, forget) };
    this.#running.push(check);
  }

  /** Takes in a batch whose root was found signed for an event of this timestamp. */
  keep(
    kind: string,
    origin: Hex,
    size: number,
    signature: Uint8Array,
    root: Uint8Array,
    timestamp: number
  ): ProvenBatch {
    const known = this.find(kind, origin, size, signature);
    if (known !== undefined && isSame(known.root, root)) {
      known.from = Math.min(known.from, timestamp);
      known.until = Math.max(known.until, timestamp);
      return known;
    }
    const batch = {
      kind,
      origin,
      size,
      signature: signature.slice(),
      root,
      hashes: new Map<number, Uint8Array>(),
      from: timestamp,
      until: timestamp
    };
    this.#batches.unshift(batch);
    this.#batches.splice(this.#capacity);
    return batch;
  }

  /** Whether this signature was found right. */
  isKnown(kind: string, origin: Hex, payload: Uint8Array, signature: Uint8Array): boolean {
    return this.#signatures.some(
      (known) =>
        known.origin === origin &&
        known.kind === kind &&
        isSame(known.signature, signature) &&
        isSame(known.payload, payload)
    );
  }

  /** Takes in a signature that was found right. */
  remember(kind: string, origin: Hex, payload: Uint8Array, signature: Uint8Array): void {
    this.#signatures.unshift({ kind, origin, payload: payload.slice(), signature: signature.slice() });
    this.#signatures.splice(this.#capacity);
  }
}

/** Whether the bytes are the same; both are public, so the time may show where they differ. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
