import { createRequire } from 'node:module';
import type { Hex } from '#sdk/protocol/primitives';
import { addressOfPublicKey, personalMessageHash } from '#sdk/protocol/signature';
import { signedPartOf } from '#sdk/protocol/event-encoding';

interface NativeSecp256k1 {
  ecdsaRecover(signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: false): Uint8Array;
}

/** Bytes of a signature: r, s and v. */
const signatureBytes = 65;

/** Checks of signatures per second, on one core, in this process. */
export interface SignatureRates {
  /** The native library alone, on digests that are there already. */
  readonly native: number;
  /** With the hash of the event before it and that of the key behind it: all that checking an event takes. */
  readonly checked: number;
}

/** Checks the signatures of events for some seconds, and does nothing else. */
export function checkSignatures(events: readonly Uint8Array[], origin: Hex, seconds = 2): SignatureRates {
  const library = createRequire(import.meta.url)('secp256k1/bindings.js') as NativeSecp256k1;
  const signed = events.map((event) => {
    const signature = event.subarray(event.length - signatureBytes);
    return { payload: signedPartOf(event, signature), signature };
  });
  const prepared = signed.map(({ payload, signature }) => ({ digest: personalMessageHash(payload), signature }));
  let good = 0;
  const recover = (digest: Uint8Array, signature: Uint8Array): Uint8Array =>
    library.ecdsaRecover(signature.subarray(0, 64), (signature[64] ?? 27) - 27, digest, false);
  const native = perSecond(prepared, seconds, ({ digest, signature }) => {
    if (recover(digest, signature).length === 65) good += 1;
  });
  const checked = perSecond(signed, seconds, ({ payload, signature }) => {
    if (addressOfPublicKey(recover(personalMessageHash(payload), signature)) === origin) good += 1;
  });
  if (good !== native.count + checked.count) throw new RangeError('A signature was not good: the events are wrong.');
  return { native: native.rate, checked: checked.rate };
}

function perSecond<T>(all: readonly T[], seconds: number, work: (one: T) => void): { rate: number; count: number } {
  let count = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  while (performance.now() < end) {
    for (const one of all.slice(count % all.length, (count % all.length) + 100)) {
      work(one);
      count += 1;
    }
  }
  return { rate: count / ((performance.now() - start) / 1000), count };
}
