import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf, utf8 } from './binary.ts';
import {
  DelegationUnopenableError,
  encodeDelegationHeader,
  encodeDelegationSignedPart,
  encodeGrantHeader,
  encodeGrantSignedPart,
  GrantMalformedError,
  GrantUnopenableError,
  IssuerInvalidError,
  openDelegation,
  openGrant,
  sealDelegation,
  sealGrant,
  verifyDelegationSignature,
  verifyGrantSignature
} from './grant-sealing.ts';
import { delegationSchema, grantSchema, type Delegation, type Grant } from './grant.ts';
import { generateKeyPair, keyPairOf, seal } from './hpke.ts';
import type { Hex } from './primitives.ts';
import { privateKeySigner } from './signature.ts';
import {
  encodeSeeds,
  holdsSlot,
  RangeNotHeldError,
  rangeSeeds,
  rootSeed,
  slotCount,
  SlotInvalidError,
  slotKey
} from './slot-keys.ts';
import vectors from './vectors/grant.json' with { type: 'json' };

const bytes = (hex: string) => bytesOf(hex as Hex);
const root = rootSeed(bytes(vectors.root));
const signer = privateKeySigner(vectors.issuerPrivateKey as Hex);
const licensee = keyPairOf(bytes(vectors.recipientPrivateKey));
const [firstGrant] = vectors.grants;
const [firstDelegation] = vectors.delegations;
const grant: Grant = grantSchema.parse(firstGrant?.grant);
const delegation: Delegation = delegationSchema.parse(firstDelegation?.delegation);
const issuer = keyPairOf(bytes(firstDelegation?.recipientPrivateKey ?? '0x'));
const other: Hex = '0x0000000000000000000000000000000000000001';
const parameters = { ...grant, seeds: [root] };

/** Nodes of the smallest cover of a range, from the left: each time the largest node that begins here and fits. */
function coverSize(from: number, until: number): number {
  let count = 0;
  for (let at = from; at < until; count += 1) {
    let size = 1;
    while (at % (size * 2) === 0 && at + size * 2 <= until) size *= 2;
    at += size;
  }
  return count;
}

describe('vectors', () => {
  it.each(vectors.grants)('grant: $name', async ({ grant: json, additionalData, plaintext, signedPart }) => {
    const parsed = grantSchema.parse(json);
    expect(hexOf(encodeGrantHeader(parsed))).toBe(additionalData);
    expect(hexOf(encodeGrantSignedPart(parsed))).toBe(signedPart);
    expect(hexOf(encodeSeeds(await openGrant(parsed, licensee)))).toBe(plaintext);
    await expect(verifyGrantSignature(parsed)).resolves.toBe(true);
    const ephemeralKeyMaterial = bytes(vectors.ephemeralKeyMaterial);
    expect(await sealGrant({ ...parsed, seeds: [root], ephemeralKeyMaterial }, signer)).toEqual(parsed);
  });

  it.each(vectors.delegations)('delegation: $name', async (vector) => {
    const parsed = delegationSchema.parse(vector.delegation);
    expect(hexOf(encodeDelegationHeader(parsed))).toBe(vector.additionalData);
    expect(hexOf(encodeDelegationSignedPart(parsed))).toBe(vector.signedPart);
    const keyPair = keyPairOf(bytes(vector.recipientPrivateKey));
    expect(hexOf(encodeSeeds(await openDelegation(parsed, keyPair)))).toBe(vector.plaintext);
    await expect(verifyDelegationSignature(parsed)).resolves.toBe(true);
    const ephemeralKeyMaterial = bytes(vectors.ephemeralKeyMaterial);
    expect(await sealDelegation({ ...parsed, seeds: [root], ephemeralKeyMaterial }, signer)).toEqual(parsed);
  });
});

describe('a grant', () => {
  it('gives the licensee exactly the slots of its range', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(slotCount - 100), fc.integer({ min: 0, max: 100 }), async (fromSlot, length) => {
        const untilSlot = fromSlot + length;
        const { privateKey, publicKey } = await generateKeyPair();
        const made = await sealGrant({ ...parameters, fromSlot, untilSlot, recipient: publicKey }, signer);
        const seeds = await openGrant(made, { privateKey, publicKey });
        expect(seeds).toEqual(rangeSeeds([root], fromSlot, untilSlot));
        for (const slot of [fromSlot - 1, untilSlot]) expect(holdsSlot(seeds, slot)).toBe(false);
        if (length > 0) {
          const last = untilSlot - 1;
          expect(hexOf(slotKey(seeds, last))).toBe(hexOf(slotKey([root], last)));
        }
      }),
      { numRuns: 10 }
    );
  });

  it('of 30 days at one-minute slots has at most 1,500 sealed bytes, wherever it begins', async () => {
    let [fromSlot, most] = [0, 0];
    for (let from = 0; from < 2 ** 16; from += 1) {
      const size = coverSize(from, from + 43_200);
      if (size > most) [fromSlot, most] = [from, size];
    }
    const made = await sealGrant({ ...parameters, fromSlot, untilSlot: fromSlot + 43_200 }, signer);
    expect(most).toBe(20);
    expect(await openGrant(made, licensee)).toHaveLength(most);
    expect(bytesOf(made.ciphertext).length).toBeLessThanOrEqual(1500);
  });

  it('passes through JSON', async () => {
    const made = await sealGrant(parameters, signer);
    expect(grantSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it('cannot be opened by anybody else', async () => {
    await expect(openGrant(grant, await generateKeyPair())).rejects.toThrow(GrantUnopenableError);
  });

  const changes: [string, Partial<Grant>][] = [
    ['stream', { stream: other }],
    ['era', { era: grant.era + 1 }],
    ['first slot', { fromSlot: grant.fromSlot - 1 }],
    ['end slot', { untilSlot: grant.untilSlot + 1 }],
    ['licensee', { licensee: other }],
    ['offer', { offerId: `0x${'00'.repeat(32)}` }],
    ['encapsulation', { encapsulation: licensee.publicKey }],
    ['ciphertext', { ciphertext: hexOf(bytesOf(grant.ciphertext).fill(0, -1)) }]
  ];
  it.each(changes)('with another %s cannot be opened', async (_, change) => {
    await expect(openGrant({ ...grant, ...change }, licensee)).rejects.toThrow(GrantUnopenableError);
  });

  it.each<[string, Partial<Grant>]>([
    ...changes,
    ['recipient', { recipient: issuer.publicKey }],
    ['issuer', { issuer: other }],
    ['signature', { signature: `0x${'00'.repeat(65)}` }],
    ['malformed stream', { stream: '0x12' }]
  ])('with another %s is not signed', async (_, change) => {
    expect(await verifyGrantSignature({ ...grant, ...change })).toBe(false);
  });

  it('that holds more than it names is refused', async () => {
    for (const [from, until] of [
      [grant.fromSlot, grant.untilSlot + 1],
      [grant.fromSlot - 1, grant.untilSlot],
      [grant.fromSlot, grant.untilSlot - 1]
    ] as const) {
      const sealed = await seal({
        recipient: licensee.publicKey,
        plaintext: encodeSeeds(rangeSeeds([root], from, until)),
        info: utf8('tributary/grant'),
        additionalData: encodeGrantHeader(grant)
      });
      const { encapsulation } = sealed;
      const wrong = { ...grant, encapsulation, ciphertext: hexOf(sealed.ciphertext) };
      await expect(openGrant(wrong, licensee)).rejects.toThrow(GrantUnopenableError);
    }
  });

  it('of seeds that nobody holds is not made', async () => {
    const seeds = rangeSeeds([root], grant.fromSlot, grant.untilSlot - 1);
    await expect(sealGrant({ ...parameters, seeds }, signer)).rejects.toThrow(RangeNotHeldError);
    await expect(sealGrant({ ...parameters, fromSlot: grant.untilSlot + 1 }, signer)).rejects.toThrow(SlotInvalidError);
  });

  it('is not signed by what is no account', async () => {
    await expect(sealGrant(parameters, { ...signer, originType: 'x509' })).rejects.toThrow(IssuerInvalidError);
    await expect(sealGrant(parameters, { ...signer, signatureType: 'p256' })).rejects.toThrow(IssuerInvalidError);
  });

  it('with more sealed bytes than any range needs is refused before it is opened', async () => {
    const ciphertext: Hex = `0x${'00'.repeat(40_000)}`;
    expect(grantSchema.safeParse({ ...grant, ciphertext }).success).toBe(false);
    await expect(openGrant({ ...grant, ciphertext }, licensee)).rejects.toThrow(GrantUnopenableError);
    expect(() => encodeGrantSignedPart({ ...grant, ciphertext })).toThrow(GrantMalformedError);
  });
});

describe('a delegation', () => {
  it('lets the issuer grant within its range and not beyond', async () => {
    const held = await openDelegation(delegation, issuer);
    const { fromSlot, untilSlot } = delegation;
    const last = { ...parameters, seeds: held, fromSlot: untilSlot - 60, untilSlot };
    expect(await openGrant(await sealGrant(last, signer), licensee)).toEqual(
      rangeSeeds([root], untilSlot - 60, untilSlot)
    );
    const beyond = { ...last, untilSlot: untilSlot + 1 };
    await expect(sealGrant(beyond, signer)).rejects.toThrow(RangeNotHeldError);
    const before = { ...last, fromSlot: fromSlot - 1, untilSlot: fromSlot };
    await expect(sealGrant(before, signer)).rejects.toThrow(RangeNotHeldError);
  });

  it('cannot be opened by anybody else, nor as a grant', async () => {
    await expect(openDelegation(delegation, licensee)).rejects.toThrow(DelegationUnopenableError);
    const posing = { ...grant, ...delegation, licensee: delegation.issuer };
    await expect(openGrant(posing, issuer)).rejects.toThrow(GrantUnopenableError);
  });

  const changes: [string, Partial<Delegation>][] = [
    ['stream', { stream: other }],
    ['era', { era: delegation.era + 1 }],
    ['first slot', { fromSlot: delegation.fromSlot + 1 }],
    ['end slot', { untilSlot: delegation.untilSlot - 1 }],
    ['issuer', { issuer: other }],
    ['delegator', { delegator: other }]
  ];
  it.each(changes)('with another %s is worth nothing', async (_, change) => {
    const changed = { ...delegation, ...change };
    await expect(openDelegation(changed, issuer)).rejects.toThrow(DelegationUnopenableError);
    expect(await verifyDelegationSignature(changed)).toBe(false);
  });
});
