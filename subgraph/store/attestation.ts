import { Address, BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Attestation } from '../generated/schema';

/** Keeps what was attested. expirationTime in Unix seconds, 0 never. */
export function recordAttestation(
  uid: Bytes,
  schema: Bytes,
  recipient: Address,
  attester: Address,
  expirationTime: BigInt,
  data: Bytes,
  block: ethereum.Block
): void {
  const attestation = new Attestation(uid);
  attestation.schema = schema;
  attestation.recipient = recipient;
  attestation.attester = attester;
  attestation.expirationTime = expirationTime;
  attestation.data = data;
  attestation.recordedAtBlock = block.number;
  attestation.recordedAt = block.timestamp;
  attestation.revokedAt = null;
  attestation.save();
}

/** Notes when it was revoked. */
export function withdrawAttestation(uid: Bytes, block: ethereum.Block): void {
  const attestation = Attestation.load(uid);
  if (attestation === null) return;
  attestation.revokedAt = block.timestamp;
  attestation.save();
}
