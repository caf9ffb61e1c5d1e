import { Aes128Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import {
  generateKeyPair,
  keyPairOf,
  open,
  PrivateKeyLengthError,
  PublicKeyInvalidError,
  seal,
  SealBrokenError
} from './hpke.ts';
import type { Hex } from './primitives.ts';
import vectors from './vectors/hpke-rfc9180.json' with { type: 'json' };

const [aes256, aes128] = vectors.suites;
const bytes = (hex: string | undefined) => bytesOf((hex ?? '0x') as Hex);

describe('RFC 9180 with AES-256-GCM, the suite in use', () => {
  const info = bytes(aes256?.info);
  const additionalData = bytes(aes256?.aad);
  const privateKey = bytes(aes256?.skRm);

  it('derives the public key', () => {
    expect(keyPairOf(privateKey).publicKey).toBe(aes256?.pkRm);
  });

  it('opens', async () => {
    const sealed = { encapsulation: (aes256?.enc ?? '0x') as Hex, ciphertext: bytes(aes256?.ct) };
    expect(hexOf(await open({ ...sealed, privateKey, info, additionalData }))).toBe(aes256?.pt);
  });

  it('seals', async () => {
    const sealed = await seal({
      recipient: (aes256?.pkRm ?? '0x') as Hex,
      plaintext: bytes(aes256?.pt),
      info,
      additionalData,
      ephemeralKeyMaterial: bytes(aes256?.ikmE)
    });
    expect(sealed.encapsulation).toBe(aes256?.enc);
    expect(hexOf(sealed.ciphertext)).toBe(aes256?.ct);
  });
});

it('RFC 9180 A.1.1: the same KEM and key schedule with AES-128-GCM', async () => {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
  const recipientKey = await suite.kem.deserializePrivateKey(bytes(aes128?.skRm));
  const opening = { recipientKey, enc: bytes(aes128?.enc), info: bytes(aes128?.info) };
  const plaintext = await suite.open(opening, bytes(aes128?.ct), bytes(aes128?.aad));
  expect(hexOf(new Uint8Array(plaintext))).toBe(aes128?.pt);
});

describe('a sealed message', () => {
  const info = Uint8Array.of(1);
  const additionalData = Uint8Array.of(2, 3);

  it('opens with the private key, and is 16 bytes longer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (plaintext) => {
        const { publicKey, privateKey } = await generateKeyPair();
        const sealed = await seal({ recipient: publicKey, plaintext, info, additionalData });
        expect(sealed.ciphertext).toHaveLength(plaintext.length + 16);
        expect(hexOf(await open({ ...sealed, privateKey, info, additionalData }))).toBe(hexOf(plaintext));
      }),
      { numRuns: 10 }
    );
  });

  it('opens with nothing else', async () => {
    const { publicKey, privateKey } = await generateKeyPair();
    const stranger = await generateKeyPair();
    const sealed = await seal({ recipient: publicKey, plaintext: new Uint8Array(10), info, additionalData });
    const good = { ...sealed, privateKey, info, additionalData };
    for (const bad of [
      { ...good, privateKey: stranger.privateKey },
      { ...good, privateKey: privateKey.subarray(1) },
      { ...good, encapsulation: stranger.publicKey },
      { ...good, encapsulation: hexOf(new Uint8Array(32)) },
      { ...good, info: additionalData },
      { ...good, additionalData: info },
      { ...good, ciphertext: sealed.ciphertext.with(0, (sealed.ciphertext[0] ?? 0) ^ 1) },
      { ...good, ciphertext: sealed.ciphertext.subarray(0, 15) }
    ]) {
      await expect(open(bad)).rejects.toThrow(SealBrokenError);
    }
  });

  it('is never the same twice', async () => {
    const { publicKey } = await generateKeyPair();
    const parameters = { recipient: publicKey, plaintext: new Uint8Array(10), info, additionalData };
    const [one, other] = [await seal(parameters), await seal(parameters)];
    expect(one.encapsulation).not.toBe(other.encapsulation);
    expect(hexOf(one.ciphertext)).not.toBe(hexOf(other.ciphertext));
  });

  // With these points the shared secret would be the same for everybody (RFC 7748, section 6.1).
  it.each([
    `0x${'00'.repeat(32)}`,
    `0x01${'00'.repeat(31)}`,
    '0xe0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '0x5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    `0xec${'ff'.repeat(30)}7f`,
    '0x1234'
  ] as Hex[])('cannot be made for the public key %s', async (recipient) => {
    const plaintext = new Uint8Array();
    await expect(seal({ recipient, plaintext, info, additionalData })).rejects.toThrow(PublicKeyInvalidError);
  });
});

describe('key pairs', () => {
  it('are random', async () => {
    const [one, other] = [await generateKeyPair(), await generateKeyPair()];
    expect(one.publicKey).not.toBe(other.publicKey);
    expect(keyPairOf(one.privateKey)).toEqual(one);
  });

  it('need 32 bytes', () => {
    expect(() => keyPairOf(new Uint8Array(31))).toThrow(PrivateKeyLengthError);
  });
});
