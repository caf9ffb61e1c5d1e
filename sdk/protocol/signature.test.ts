import fc from 'fast-check';
import { hashMessage, recoverMessageAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import { decodeEvent, encodeSignedPart } from './event-encoding.ts';
import { eventArbitrary } from './event.arbitrary.ts';
import { verifyEventSignature } from './event-verification.ts';
import type { StreamEvent } from './event.ts';
import type { Hex } from './primitives.ts';
import {
  personalMessageHash,
  privateKeySigner,
  PrivateKeyInvalidError,
  secp256k1Verifier,
  signEvent,
  SignerMismatchError,
  walletSigner,
  WalletSignatureInvalidError
} from './signature.ts';
import vectors from './vectors/event.json' with { type: 'json' };

const key = vectors.privateKey as Hex;
const signer = privateKeySigner(key);
const account = privateKeyToAccount(key);
const [first] = vectors.events;
const sample: StreamEvent = decodeEvent(bytesOf((first?.encoded ?? '0x') as Hex));
const by = { originType: signer.originType, origin: signer.origin, signatureType: signer.signatureType };
const { signature: _, ...unsigned } = sample;

describe('vectors', () => {
  it.each(vectors.events)('$name', async ({ encoded, signedPart, signedHash }) => {
    const event = decodeEvent(bytesOf(encoded as Hex));
    expect(hexOf(personalMessageHash(bytesOf(signedPart as Hex)))).toBe(signedHash);
    await expect(verifyEventSignature(event)).resolves.toBe(true);
    expect(hexOf(await signer.sign(encodeSignedPart(event)))).toBe(hexOf(event.signature));
  });

  it.each(vectors.refusedSignatures)('refused: $name', async ({ signature }) => {
    await expect(verifyEventSignature({ ...sample, signature: bytesOf(signature as Hex) })).resolves.toBe(false);
  });
});

describe('signatures', () => {
  it('are those of personal_sign, as another implementation makes and reads them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (payload) => {
        const raw = hexOf(payload);
        const signature = hexOf(await signer.sign(payload));
        expect(hexOf(personalMessageHash(payload))).toBe(hashMessage({ raw }));
        expect(signature).toBe(await account.signMessage({ message: { raw } }));
        expect(await recoverMessageAddress({ message: { raw }, signature })).toBe(account.address);
      }),
      { numRuns: 20 }
    );
  });

  it('hold for the event that was signed, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(eventArbitrary, async (event) => {
        const signed = await signEvent({ ...event, ...by }, signer);
        expect(await verifyEventSignature(signed)).toBe(true);
      }),
      { numRuns: 20 }
    );
  });

  it('fall with any change of a signed field', async () => {
    const changes: Partial<StreamEvent>[] = [
      { stream: '0x0000000000000000000000000000000000000001' },
      { partition: 1 },
      { timestamp: sample.timestamp + 1 },
      { sequence: 1 },
      { contentType: 'text/plain' },
      { content: new Uint8Array() },
      { origin: '0x0000000000000000000000000000000000000002' }
    ];
    for (const change of changes) {
      expect(await verifyEventSignature({ ...sample, ...change })).toBe(false);
    }
  });

  it('fall with any flipped bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(65 * 8 - 1), async (bit) => {
        const byte = Math.floor(bit / 8);
        const signature = sample.signature.with(byte, (sample.signature[byte] ?? 0) ^ (1 << (bit % 8)));
        expect(await verifyEventSignature({ ...sample, signature })).toBe(false);
      }),
      { numRuns: 50 }
    );
  });

  it('never throw on what strangers send', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), async (signature) => {
        expect(await verifyEventSignature({ ...sample, signature })).toBe(false);
      }),
      { numRuns: 50 }
    );
  });
});

describe('the table of verifiers', () => {
  it('refuses signature types and origin types that nobody knows', async () => {
    expect(await verifyEventSignature({ ...sample, signatureType: 'constructor' })).toBe(false);
    expect(await verifyEventSignature({ ...sample, originType: 'x509' })).toBe(false);
  });

  it('does not read an origin of another type as an account, though its signature would fit', async () => {
    const signed = await signEvent({ ...unsigned, ...by, originType: 'x509' }, { ...signer, originType: 'x509' });
    expect(await verifyEventSignature(signed)).toBe(false);
  });

  it('takes a verifier of the caller, and gives it the signed part', async () => {
    const seen: string[] = [];
    const verifier = {
      ...secp256k1Verifier,
      verify: (payload: Uint8Array, signature: Uint8Array, origin: Hex) => {
        seen.push(hexOf(payload), hexOf(signature), origin);
        return true;
      }
    };
    expect(await verifyEventSignature(sample, [verifier])).toBe(true);
    expect(seen).toEqual([hexOf(encodeSignedPart(sample)), hexOf(sample.signature), sample.origin]);
    expect(await verifyEventSignature(sample, [])).toBe(false);
  });
});

describe('signing', () => {
  it('refuses an event that names somebody else', async () => {
    const other = { ...unsigned, origin: '0x0000000000000000000000000000000000000002' } as const;
    await expect(signEvent(other, signer)).rejects.toThrow(SignerMismatchError);
    await expect(signEvent({ ...unsigned, signatureType: 'p256' }, signer)).rejects.toThrow(SignerMismatchError);
  });

  it.each(['0x', `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`, `0x${'zz'.repeat(32)}`] as Hex[])(
    'refuses the private key %s without repeating it',
    (bad) => {
      const said = 'Give a secp256k1 private key: 0x and 64 hexadecimal digits, not zero.';
      expect(() => privateKeySigner(bad)).toThrow(new PrivateKeyInvalidError(said));
    }
  );
});

describe('a wallet', () => {
  const wallet = (change: (signature: Hex) => Hex = (signature) => signature) =>
    walletSigner(account.address, async (raw) => change(await account.signMessage({ message: { raw } })));

  it('signs by personal_sign', async () => {
    expect(wallet().origin).toBe(signer.origin);
    expect(await signEvent(unsigned, wallet())).toEqual(sample);
  });

  it('may give v as recovery bit', async () => {
    const ledger = wallet((signature) => `${signature.slice(0, -2)}${signature.endsWith('1b') ? '00' : '01'}` as Hex);
    expect(await signEvent(unsigned, ledger)).toEqual(sample);
  });

  it('of another account is refused', async () => {
    const stranger = privateKeyToAccount(`0x${'01'.repeat(32)}`);
    const wrong = walletSigner(account.address, (raw) => stranger.signMessage({ message: { raw } }));
    await expect(signEvent(unsigned, wrong)).rejects.toThrow(WalletSignatureInvalidError);
  });

  it('that answers something else is refused', async () => {
    await expect(
      signEvent(
        unsigned,
        wallet(() => '0x')
      )
    ).rejects.toThrow(WalletSignatureInvalidError);
  });
});
