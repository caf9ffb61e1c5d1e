import type { EraChange } from '#sdk/protocol/era-change';
import { decodeEraChange } from '#sdk/protocol/era-change-encoding';
import { makeEraChange, type MakeEraChangeParameters } from '#sdk/protocol/era-change-sealing';
import type { EventSigner } from '#sdk/protocol/signature';
import { startThread } from '../threads/start-thread.ts';
import { EraChangeFailedError } from './errors.ts';

/** What the thread is given. */
export interface EraChangeTask {
  readonly parameters: MakeEraChangeParameters;
  /** Account of the issuer, whose private key stays where it is. */
  readonly origin: EventSigner['origin'];
}
/** What it says: sign this, here it is, or why not. */
export type EraChangeAnswer =
  | { readonly type: 'sign'; readonly payload: Uint8Array }
  | { readonly type: 'made'; readonly change: Uint8Array | undefined }
  | { readonly type: 'failed'; readonly reason: string };

/** Leaves up to which a change is made at once: the start of a thread takes longer. */
const smallLeaves = 2_000;

/**
 * Makes an era change in a thread of its own where it is large: at a hundred thousand licences it takes most of a second,
 * in which nothing else would be answered.
 *
 * @throws as makeEraChange for small ones; {@link EraChangeFailedError}.
 */
export async function makeEraChangeAside(
  parameters: MakeEraChangeParameters,
  signer: EventSigner
): Promise<EraChange | undefined> {
  const buckets = parameters.buckets.map((bucket) => ({ ...bucket, leaves: [...bucket.leaves] }));
  const leaves = buckets.reduce((sum, bucket) => sum + bucket.leaves.length, 0);
  if (leaves <= smallLeaves) return makeEraChange(parameters, signer);
  const task: EraChangeTask = { parameters: { ...parameters, buckets }, origin: signer.origin };
  const worker = startThread(new URL('./era-change-thread.ts', import.meta.url), task);
  try {
    return await new Promise<EraChange | undefined>((resolve, reject) => {
      const fail = (reason: string): void => {
        reject(new EraChangeFailedError(reason));
      };
      worker.once('error', (error) => {
        fail(error.message);
      });
      worker.once('exit', (code) => {
        fail(`the thread ended with code ${String(code)}`);
      });
      worker.on('message', (answer: EraChangeAnswer) => {
        if (answer.type === 'sign') {
          signer.sign(answer.payload).then(
            (signature) => {
              worker.postMessage(signature);
            },
            (error: unknown) => {
              fail(String(error));
            }
          );
        } else if (answer.type === 'failed') fail(answer.reason);
        else resolve(answer.change === undefined ? undefined : decodeEraChange(answer.change));
      });
    });
  } finally {
    await worker.terminate();
  }
}
