import type { Logger } from 'pino';
import type { Worker } from 'node:worker_threads';
import type { SignatureVerifier } from '#sdk/protocol/signature';
import { startThread } from '../threads/start-thread.ts';
import { sizeOfCheck, writeChecks, type SignatureCheck } from './signature-checks.ts';

/** Checks that came at once and are done here: handing so few over takes as long as they do. */
const few = 3;
/** Most checks and bytes of one message. */
const messageChecks = 128;
const messageBytes = 1024 * 1024;
/** Messages that a thread has at a time: the next one is there when one is done. */
const messagesAhead = 2;
/** Threads that may end by themselves before no other is started in their place. */
const mostEnds = 5;

interface Waiting extends SignatureCheck {
  settle(good: boolean): void;
}

interface Thread {
  readonly worker: Worker;
  /** Whether it has loaded everything. */
  ready: boolean;
  /** Messages that it has not answered, oldest first. */
  readonly asked: Waiting[][];
}

/**
 * Threads that check secp256k1 signatures, the dearest thing that the broker does, while the event loop goes on. Until
 * they are ready, without any, and for the odd signature, the event loop checks by itself.
 */
export class SignaturePool {
  private readonly logger: Logger;
  private readonly threads: Thread[] = [];
  private local: SignatureVerifier | undefined;
  private waiting: Waiting[] = [];
  private flushing = false;
  private stopped = false;
  private ends = 0;

  /** @param threads How many, 0 for none. */
  constructor(options: { threads: number; logger: Logger }) {
    this.logger = options.logger;
    while (this.threads.length < options.threads) this.start();
  }

  /** The same verifier, done in the threads. @param local Answers at once. */
  verifier(local: SignatureVerifier): SignatureVerifier {
    this.local = local;
    return {
      ...local,
      verify: (payload, signature, origin) => {
        // Also what has not the form that a message of checks can carry.
        if (this.threads.length === 0 || signature.length !== 65) return local.verify(payload, signature, origin);
        return new Promise<boolean>((resolve) => {
          this.waiting.push({ payload, signature, origin, settle: resolve });
          if (this.flushing) return;
          this.flushing = true;
          // What else comes in this turn of the event loop goes into the same messages.
          setImmediate(() => {
            this.flushing = false;
            this.flush();
          });
        });
      }
    };
  }

  /** Ends the threads; what they have not answered is checked here. */
  async stop(): Promise<void> {
    this.stopped = true;
    const ending = this.threads.splice(0);
    await Promise.all(ending.map(({ worker }) => worker.terminate()));
    for (const { asked } of ending) this.checkHere(asked.flat());
    this.checkHere(this.waiting.splice(0));
  }

  private start(): void {
    const worker = startThread(new URL('./signature-thread.ts', import.meta.url));
    const thread: Thread = { worker, ready: false, asked: [] };
    // A broker that is asked to end does not wait for its threads.
    worker.unref();
    worker.on('message', (answers: Uint8Array) => {
      if (!thread.ready) {
        thread.ready = true;
        return;
      }
      for (const [place, check] of (thread.asked.shift() ?? []).entries()) check.settle(answers[place] === 1);
      this.flush();
    });
    worker.on('error', (error) =>
      this.logger.error({ reason: error.message }, 'a thread that checks signatures failed')
    );
    worker.once('exit', () => this.ended(thread));
    this.threads.push(thread);
  }

  private ended(thread: Thread): void {
    const place = this.threads.indexOf(thread);
    if (place < 0) return;
    this.threads.splice(place, 1);
    this.ends += 1;
    if (this.ends <= mostEnds && !this.stopped) this.start();
    this.checkHere(thread.asked.splice(0).flat());
    this.flush();
  }

  private flush(): void {
    const ready = this.threads.filter((thread) => thread.ready);
    const idle = ready.every((thread) => thread.asked.length === 0);
    if (ready.length === 0 || (idle && this.waiting.length <= few)) {
      this.checkHere(this.waiting.splice(0));
      return;
    }
    while (this.waiting.length > 0) {
      const free = ready.reduce((best, thread) => (thread.asked.length < best.asked.length ? thread : best));
      if (free.asked.length >= messagesAhead) return;
      const checks = this.take(Math.max(few, Math.ceil(this.waiting.length / ready.length)));
      free.asked.push(checks);
      const message = writeChecks(checks);
      free.worker.postMessage(message, [message.buffer]);
    }
  }

  /** The oldest that wait: at most so many, and what fits into a message; at least one. */
  private take(most: number): Waiting[] {
    let [count, bytes] = [0, 0];
    for (const check of this.waiting) {
      bytes += sizeOfCheck(check);
      if (count > 0 && (count >= most || count >= messageChecks || bytes > messageBytes)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private checkHere(checks: readonly Waiting[]): void {
    for (const { payload, signature, origin, settle } of checks) {
      settle(this.local?.verify(payload, signature, origin) === true);
    }
  }
}
