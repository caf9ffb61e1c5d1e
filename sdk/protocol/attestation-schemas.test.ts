import fc from 'fast-check';
import { concatHex, encodeAbiParameters, toHex } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  AttestationDataInvalidError,
  attestationDataLimit,
  attestationSchemas,
  attestationSchemaUid,
  decodeAttestation,
  encodeAttestation
} from './attestation-schemas.ts';

const resolver = '0x00000000000000000000000000000000000000aa';

describe('attestationSchemaUid', () => {
  it('is that of a schema which is registered on the main chain', () => {
    // Schema 1 of EAS on Ethereum, Optimism and Base: "bytes32 schemaId,string name" ("Name a Schema").
    expect(attestationSchemaUid('bytes32 schemaId,string name', '0x0000000000000000000000000000000000000000')).toBe(
      '0x44d562ac1d7cd77e232978687fea027ace48f719cf1d58c7888e509663bb87fc'
    );
  });

  it('depends on every part', () => {
    const uids = [
      attestationSchemaUid('string domain', resolver),
      attestationSchemaUid('string domain', resolver, false),
      attestationSchemaUid('string domains', resolver),
      attestationSchemaUid('string domain', '0x00000000000000000000000000000000000000ab')
    ];
    expect(new Set(uids).size).toBe(4);
  });
});

describe('encodeAttestation', () => {
  it('encodes in the order of the schema', () => {
    const statement = { registration: 'HRB 12345', organisation: 'Wetterwarte GmbH' };
    expect(encodeAttestation('organisation', statement)).toBe(
      encodeAbiParameters([{ type: 'string' }, { type: 'string' }], ['Wetterwarte GmbH', 'HRB 12345'])
    );
  });

  it('refuses what does not fit the schema', () => {
    const refused = [
      () => encodeAttestation('domain', { domain: 'Example.org' }),
      () => encodeAttestation('domain', { domain: 'localhost' }),
      () => encodeAttestation('domain', { domain: '-a.example.org' }),
      () => encodeAttestation('domain', { domain: `${'a'.repeat(64)}.org` }),
      () => encodeAttestation('domain', { domain: `${'a.'.repeat(126)}org` }),
      () => encodeAttestation('ensName', { ensName: 'eth' }),
      () => encodeAttestation('ensName', { ensName: 'a..eth' }),
      () => encodeAttestation('knownBuyer', { level: '' }),
      () => encodeAttestation('knownBuyer', { level: 'basic\u202ecisab' }),
      () => encodeAttestation('organisation', { organisation: 'A\nB', registration: '1' })
    ];
    for (const encode of refused) expect(encode).toThrow(AttestationDataInvalidError);
  });
});

describe('decodeAttestation', () => {
  it('gives back what was encoded', () => {
    const letters = fc.stringMatching(/^[a-z0-9]{2,20}$/);
    const text = fc.stringMatching(/^[\p{L}\p{N} ,.&-]{1,60}$/u);
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 2, maxLength: 6 }),
        text,
        text,
        (labels, organisation, registration) => {
          const domain = { domain: labels.join('.') };
          expect(decodeAttestation('domain', encodeAttestation('domain', domain))).toEqual(domain);
          const ensName = { ensName: labels.join('.') };
          expect(decodeAttestation('ensName', encodeAttestation('ensName', ensName))).toEqual(ensName);
          const named = { organisation, registration };
          expect(decodeAttestation('organisation', encodeAttestation('organisation', named))).toEqual(named);
          const known = { level: organisation };
          expect(decodeAttestation('knownBuyer', encodeAttestation('knownBuyer', known))).toEqual(known);
        }
      )
    );
  });

  it('refuses bytes that are not of the schema, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => decodeAttestation('domain', toHex(bytes))).toThrow(AttestationDataInvalidError);
      })
    );
    expect(() => decodeAttestation('domain', '0x')).toThrow(AttestationDataInvalidError);
  });

  it('refuses what another schema encodes', () => {
    const organisation = encodeAttestation('organisation', { organisation: 'Example Ltd', registration: '12345' });
    expect(() => decodeAttestation('domain', organisation)).toThrow(AttestationDataInvalidError);
  });

  it('refuses what is well encoded and says something that does not fit', () => {
    const data = encodeAbiParameters([{ type: 'string' }], ['not a domain']);
    expect(() => decodeAttestation('domain', data)).toThrow(/lowercase/);
  });

  it('refuses more bytes than it would decode', () => {
    const good = encodeAttestation('knownBuyer', { level: 'basic' });
    const filler = (length: number) => toHex(new Uint8Array(length));
    const room = attestationDataLimit - (good.length - 2) / 2;
    expect(decodeAttestation('knownBuyer', concatHex([good, filler(room)]))).toEqual({ level: 'basic' });
    expect(() => decodeAttestation('knownBuyer', concatHex([good, filler(room + 1)]))).toThrow(/4097 bytes/);
  });
});

it('has schemas that nobody may change without making new ones', () => {
  expect(attestationSchemas).toEqual({
    domain: 'string domain',
    organisation: 'string organisation,string registration',
    ensName: 'string ensName',
    knownBuyer: 'string level'
  });
});
