import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bytesOf, hexOf } from '#sdk/protocol/binary';
import { grantSchema } from '#sdk/protocol/grant';
import { sealGrant } from '#sdk/protocol/grant-sealing';
import { generateKeyPair, open, PublicKeyInvalidError, seal } from '#sdk/protocol/hpke';
import type { Hex } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { rootSeed } from '#sdk/protocol/slot-keys';
import { sealNatively } from './native-sealing.ts';
import { nativeSigner } from './native-signer.ts';

const text = z.string();
const suiteSchema = z.object({ pkRm: text, pt: text, info: text, aad: text, ikmE: text, enc: text, ct: text });
const readVectors = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../sdk/protocol/vectors/${name}.json`, import.meta.url), 'utf8'));
const rfc = z.object({ suites: z.array(suiteSchema) }).parse(readVectors('hpke-rfc9180'));
const grants = z
  .object({
    root: text,
    issuerPrivateKey: text,
    ephemeralKeyMaterial: text,
    grants: z.array(z.object({ grant: grantSchema }))
  })
  .parse(readVectors('grant'));

const bytes = (hex: string | undefined) => bytesOf((hex ?? '0x') as Hex);
const [suite] = rfc.suites;

describe('sealing on OpenSSL', () => {
  it('gives the bytes of RFC 9180', async () => {
    const sealed = await sealNatively({
      recipient: (suite?.pkRm ?? '0x') as Hex,
      plaintext: bytes(suite?.pt),
      info: bytes(suite?.info),
      additionalData: bytes(suite?.aad),
      ephemeralKeyMaterial: bytes(suite?.ikmE)
    });
    expect(sealed.encapsulation).toBe(suite?.enc);
    expect(hexOf(sealed.ciphertext)).toBe(suite?.ct);
  });

  it('gives the grants of the vectors', async () => {
    for (const { grant } of grants.grants) {
      const made = await sealGrant(
        {
          ...grant,
          seeds: [rootSeed(bytes(grants.root))],
          ephemeralKeyMaterial: bytes(grants.ephemeralKeyMaterial)
        },
        nativeSigner(grants.issuerPrivateKey as Hex),
        sealNatively
      );
      expect(made).toEqual(grant);
    }
  });

  it('gives what the portable one gives, and what that opens', async () => {
    const [info, additionalData] = [Uint8Array.of(1), Uint8Array.of(2, 3)];
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 900 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        async (plaintext, ikm) => {
          const { publicKey, privateKey } = await generateKeyPair();
          const parameters = { recipient: publicKey, plaintext, info, additionalData };
          const ephemeralKeyMaterial = Uint8Array.from(ikm);
          const [ours, theirs] = await Promise.all([
            sealNatively({ ...parameters, ephemeralKeyMaterial }),
            seal({ ...parameters, ephemeralKeyMaterial })
          ]);
          expect(ours.encapsulation).toBe(theirs.encapsulation);
          expect(hexOf(ours.ciphertext)).toBe(hexOf(theirs.ciphertext));
          const random = await sealNatively(parameters);
          expect(random.encapsulation).not.toBe(ours.encapsulation);
          expect(hexOf(await open({ ...random, privateKey, info, additionalData }))).toBe(hexOf(plaintext));
        }
      ),
      { numRuns: 10 }
    );
  });

  it('refuses keys that share their secret with everybody, or are none', async () => {
    const parameters = { plaintext: Uint8Array.of(1), info: Uint8Array.of(1), additionalData: Uint8Array.of(2) };
    for (const recipient of ['00'.repeat(32), `01${'00'.repeat(31)}`, '00'.repeat(31), ''] as const) {
      await expect(sealNatively({ ...parameters, recipient: `0x${recipient}` })).rejects.toThrow(PublicKeyInvalidError);
    }
  });
});

it('signs natively as it does portably', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (payload) => {
      const key = grants.issuerPrivateKey as Hex;
      expect(nativeSigner(key)).toMatchObject({ origin: privateKeySigner(key).origin, signatureType: 'secp256k1' });
      expect(hexOf(await nativeSigner(key).sign(payload))).toBe(hexOf(await privateKeySigner(key).sign(payload)));
    }),
    { numRuns: 30 }
  );
});
