import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { encodeEraChange } from '#sdk/protocol/era-change-encoding';
import { makeEraChange } from '#sdk/protocol/era-change-sealing';
import type { EraChangeAnswer, EraChangeTask } from './era-change-maker.ts';

/** The thread of makeEraChangeAside: one task, one answer. */
const { parameters, origin } = (workerData as { readonly data: EraChangeTask }).data;
const say = (answer: EraChangeAnswer): void => {
  parentPort?.postMessage(answer);
};

async function sign(payload: Uint8Array): Promise<Uint8Array> {
  say({ type: 'sign', payload });
  const [signature] = parentPort === null ? [] : ((await once(parentPort, 'message')) as [Uint8Array]);
  return signature ?? new Uint8Array();
}

try {
  const signer = { originType: 'address', origin, signatureType: 'secp256k1', sign } as const;
  const change = await makeEraChange(parameters, signer);
  say({ type: 'made', change: change === undefined ? undefined : encodeEraChange(change) });
} catch (error) {
  say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
}
