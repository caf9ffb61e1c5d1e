import { AttestationRecorded, AttestationWithdrawn } from '../generated/AttestationResolver/AttestationResolver';
import { recordAttestation, withdrawAttestation } from '../store/attestation';

export function handleAttestationRecorded(event: AttestationRecorded): void {
  recordAttestation(
    event.params.uid,
    event.params.schema,
    event.params.recipient,
    event.params.attester,
    event.params.expirationTime,
    event.params.data,
    event.block
  );
}

export function handleAttestationWithdrawn(event: AttestationWithdrawn): void {
  withdrawAttestation(event.params.uid, event.block);
}
