import { createHash } from 'node:crypto';
import { contractVerifier, type AccountSignatureReader } from '#sdk/protocol/contract-signature';
import { verifiers } from '#sdk/protocol/event-verification';
import type { SignatureVerifier } from '#sdk/protocol/signature';
import { batchVerifier, type Sha256 } from '#sdk/protocol/signature-batch';
import { secp256k1OfMachine } from './secp256k1.ts';
import type { SignaturePool } from './signature-pool.ts';

const nativeSha256: Sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/**
 * The verifiers of events that the broker uses: the protocol's table with the native ones in front.
 *
 * @param reader Asks the chain about accounts that are contracts; without one their signatures are not known.
 * @param pool Threads that check secp256k1 signatures; without one they are checked here.
 * @returns Whether the native library is in use, and the table.
 */
export function createVerifiers(
  reader?: AccountSignatureReader,
  pool?: SignaturePool
): {
  native: boolean;
  table: readonly SignatureVerifier[];
} {
  const { native, verifier } = secp256k1OfMachine();
  const aside = pool === undefined ? verifier : pool.verifier(verifier);
  const front = [aside];
  if (reader !== undefined) front.push(contractVerifier(reader));
  return {
    native,
    table: [...front, ...front.map((base) => batchVerifier(base, nativeSha256)), ...verifiers]
  };
}
