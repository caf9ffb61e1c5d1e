import type { AttestationRecord } from '#sdk/protocol/discovery';
import type { SchemaKind } from './schema-names.ts';

const beginnings: Record<SchemaKind, string> = {
  domain: 'Controls the domain',
  organisation: 'Is the organisation',
  ensName: 'Goes by the ENS name',
  knownBuyer: 'Is a known buyer:'
};

/** What an attestation says, in words for a page. */
export function statementOf({ name, statement }: Pick<AttestationRecord, 'name' | 'statement'>): string {
  if (name === null) return 'An attestation of a schema that this market does not know';
  // Anybody can attest anything: data that are not what the schema says tell nothing.
  if (statement === null) return `${beginnings[name]} … (its data cannot be read)`;
  return `${beginnings[name]} ${Object.values(statement).join(', ')}`;
}
