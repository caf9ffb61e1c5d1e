import type { AttestationRecord } from '#sdk/protocol/discovery';
import { m } from '../generated/messages/messages.js';
import type { SchemaKind } from './schema-names.ts';

const sentences: Record<SchemaKind, (parts: { what: string }) => string> = {
  domain: m.attestations_says_domain,
  organisation: m.attestations_says_organisation,
  ensName: m.attestations_says_ens,
  knownBuyer: m.attestations_says_known_buyer
};

/** What an attestation says, in words for a page. */
export function statementOf({ name, statement }: Pick<AttestationRecord, 'name' | 'statement'>): string {
  if (name === null) return m.attestations_unknown();
  // Anybody can attest anything: data that are not what the schema says tell nothing.
  const what = statement === null ? m.attestations_unreadable() : Object.values(statement).join(', ');
  return sentences[name]({ what });
}
