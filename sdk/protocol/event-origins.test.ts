import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign as nodeSign,
  type KeyObject
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import { contractSigner, contractVerifier, type AccountSignatureReader } from './contract-signature.ts';
import { decodeEvent, encodeEvent, type UnsignedEvent } from './event-encoding.ts';
import type { StreamEvent } from './event.ts';
import { verifiers, verifyEvent, withBatches } from './event-verification.ts';
import { certifyOrigin, joinCertificate, splitCertificate, type OriginCertificate } from './origin-certificate.ts';
import { compactP256Signature, p256Signer } from './p256-signature.ts';
import type { Hex } from './primitives.ts';
import { batchSuffix, signEvents } from './signature-batch.ts';
import { privateKeySigner, signEvent, WalletSignatureInvalidError, type EventSigner } from './signature.ts';
import vectors from './vectors/x509.json' with { type: 'json' };
import { VerificationMemory } from './verification-memory.ts';
import { AssertionInvalidError, passkeySigner } from './webauthn-signature.ts';
import { deviceSigner, DeviceSignatureMalformedError, rootSubject, type DeviceAlgorithm } from './x509-signature.ts';

const now = Date.UTC(2026, 5, 1);
const stream: Hex = `0x${'ab'.repeat(20)}`;
const owner = privateKeySigner(`0x${'11'.repeat(32)}`);

const unsigned = (signer: EventSigner, changes: Partial<UnsignedEvent> = {}): UnsignedEvent => ({
  version: 1,
  stream,
  partition: 0,
  timestamp: now,
  sequence: 0,
  contentType: 'text/plain',
  encryptionType: 'none',
  era: 0,
  slot: 0,
  content: new TextEncoder().encode('21.5'),
  originType: signer.originType,
  origin: signer.origin,
  signatureType: signer.signatureType,
  ...changes
});

/** The signer with a certificate of the owner. */
async function certified(signer: EventSigner, subject: Hex = signer.origin, until = now + 1): Promise<EventSigner> {
  const statement = { stream, originType: signer.originType, subject, until };
  return { ...signer, certificate: await certifyOrigin(statement, owner) };
}

/** What holds for every kind of origin that is no account. */
async function expectCertifiedOrigin(signer: EventSigner, subject?: Hex): Promise<void> {
  const good = await certified(signer, subject);
  const event = await signEvent(unsigned(signer), good);
  expect(await verifyEvent(decodeEvent(encodeEvent(event)))).toBe(owner.origin);
  const late = await certified(signer, subject, now);
  expect(await verifyEvent(await signEvent(unsigned(signer), late))).toBeUndefined();
  const foreign = await certified(signer, `0x${'04'.repeat(65)}`);
  expect(await verifyEvent(await signEvent(unsigned(signer), foreign))).toBeUndefined();
  // Without a certificate, on another stream, with changed content.
  expect(await verifyEvent(await signEvent(unsigned(signer), signer))).toBeUndefined();
  expect(
    await verifyEvent(await signEvent(unsigned(signer, { stream: `0x${'cd'.repeat(20)}` }), good))
  ).toBeUndefined();
  expect(await verifyEvent({ ...event, content: new Uint8Array(4) })).toBeUndefined();
  for (let at = 0; at < event.signature.length; at += 7) {
    const signature = event.signature.with(at, (event.signature[at] ?? 0) ^ 1);
    expect(await verifyEvent({ ...event, signature })).toBeUndefined();
  }
  // Batches: one signature, each event alone and all with a memory.
  const batch = await signEvents(
    [0, 1, 2].map((sequence) => unsigned(signer, { sequence, signatureType: `${signer.signatureType}${batchSuffix}` })),
    good
  );
  const memory = new VerificationMemory();
  for (const each of batch) {
    expect(await verifyEvent(each)).toBe(owner.origin);
    expect(await verifyEvent(each, { memory })).toBe(owner.origin);
    const changed = { ...each, content: new Uint8Array(1) };
    expect(await verifyEvent(changed, { memory })).toBeUndefined();
  }
}

describe('a key on P-256', () => {
  it('publishes for the account that vouches for it', async () => {
    await expectCertifiedOrigin(await p256Signer(`0x${'33'.repeat(32)}`));
  });

  it('signs as other implementations do, with a low s only', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
    const signer: EventSigner = {
      originType: 'p256',
      origin: hexOf(raw),
      signatureType: 'p256',
      sign: async (payload) => (await compactP256Signature(nodeSign('sha256', payload, privateKey))) ?? new Uint8Array()
    };
    const event = await signEvent(unsigned(signer), await certified(signer));
    expect(await verifyEvent(event)).toBe(owner.origin);
    const parts = splitCertificate(event.signature) ?? expect.fail('no certificate');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const high = (order - BigInt(hexOf(parts.signature.subarray(32)))).toString(16).padStart(64, '0');
    const other = Uint8Array.of(...parts.signature.subarray(0, 32), ...bytesOf(`0x${high}`));
    expect(await verifyEvent({ ...event, signature: joinCertificate(parts.certificate, other) })).toBeUndefined();
    // The same point in another form is another origin.
    const compressed = hexOf(Uint8Array.of(2 + ((raw[64] ?? 0) & 1), ...raw.subarray(1, 33)));
    expect(await verifyEvent({ ...event, origin: compressed })).toBeUndefined();
  });
});

describe('a passkey', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const origin = hexOf(publicKey.export({ format: 'der', type: 'spki' }).subarray(-65));
  /** An authenticator as the specification describes it; `change` makes it a bad one. */
  const passkey = (change: { flags?: number; type?: string; challenge?: string; length?: number } = {}) =>
    passkeySigner(origin, (challenge) => {
      const authenticatorData = new Uint8Array(change.length ?? 37);
      authenticatorData[32] = change.flags ?? 5;
      const clientDataJson = Buffer.from(
        JSON.stringify({
          type: change.type ?? 'webauthn.get',
          challenge: change.challenge ?? Buffer.from(challenge).toString('base64url'),
          origin: 'https://market.example',
          crossOrigin: false
        })
      );
      const hash = createHash('sha256').update(clientDataJson).digest();
      const signature = nodeSign('sha256', Buffer.concat([authenticatorData, hash]), privateKey);
      return Promise.resolve({ authenticatorData, clientDataJson, signature });
    });

  it('publishes for the account that vouches for it', async () => {
    await expectCertifiedOrigin(passkey());
  });

  it.each([
    ['without a user present', { flags: 4 }],
    ['over another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['made to register and not to sign', { type: 'webauthn.create' }],
    ['with authenticator data that are too short', { length: 36 }]
  ])('is refused %s', async (_, change) => {
    await expect(passkey(change).sign(new Uint8Array(3))).rejects.toThrow(AssertionInvalidError);
  });
});

describe('a device with a certificate', () => {
  const inYear = Date.UTC(2027, 5, 1);
  const paddings = { 'rsa-pss': constants.RSA_PKCS1_PSS_PADDING, 'rsa-pkcs1': constants.RSA_PKCS1_PADDING };
  const deviceOf = (
    { chain, privateKey }: { chain: readonly string[]; privateKey: string },
    algorithm: DeviceAlgorithm,
    at = now
  ) => {
    const key: KeyObject = createPrivateKey({
      key: Buffer.from(privateKey.slice(2), 'hex'),
      format: 'der',
      type: 'pkcs8'
    });
    return deviceSigner({
      chain: chain.map((der) => bytesOf(der as Hex)),
      algorithm,
      now: at,
      sign: async (payload) => {
        if (algorithm === 'ed25519') return nodeSign(null, payload, key);
        if (algorithm === 'ecdsa-p256') {
          return (await compactP256Signature(nodeSign('sha256', payload, key))) ?? new Uint8Array();
        }
        return nodeSign('sha256', payload, { key, padding: paddings[algorithm], saltLength: 32 });
      }
    });
  };
  const cases = vectors.chains.flatMap((chain) =>
    chain.algorithms.map((algorithm) => ({ ...chain, algorithm: algorithm as DeviceAlgorithm }))
  );

  it.each(cases)('publishes for the account that vouches for its root: $name, $algorithm', async (chain) => {
    const signer = await deviceOf(chain, chain.algorithm);
    expect(signer.origin).toBe(chain.origin);
    expect(rootSubject(bytesOf((chain.chain.at(-1) ?? '0x') as Hex))).toBe(chain.rootSubject);
    await expectCertifiedOrigin(signer, chain.rootSubject as Hex);
  });

  it.each(vectors.refused)('is refused: $name', async (device) => {
    // A chain that is right in itself fails where it has to sign.
    const algorithm = device.name.startsWith('RSA') ? 'rsa-pss' : 'ecdsa-p256';
    const signing = deviceOf(device, algorithm).then((signer) => signer.sign(new Uint8Array(1)));
    await expect(signing).rejects.toThrow(DeviceSignatureMalformedError);
  });

  it('is refused before and after its certificate is valid', async () => {
    const device = vectors.chains.find(({ name }) => name === 'a device for a year') ?? expect.fail('no chain');
    await expect(deviceOf(device, 'ecdsa-p256', inYear)).rejects.toThrow(DeviceSignatureMalformedError);
    await expect(deviceOf(device, 'ecdsa-p256', Date.UTC(2025, 5, 1))).rejects.toThrow(DeviceSignatureMalformedError);
    const signer = await deviceOf(device, 'ecdsa-p256');
    const good = await certified(signer, device.rootSubject as Hex, inYear + 1);
    const merkle = `x509${batchSuffix}`;
    const events = await signEvents(
      [now, inYear].map((timestamp) => unsigned(signer, { timestamp, signatureType: merkle })),
      good
    );
    const memory = new VerificationMemory();
    // The root of the batch is proven, but not for this time.
    expect(await Promise.all(events.map((event) => verifyEvent(event)))).toEqual([owner.origin, undefined]);
    for (const [at, event] of events.entries()) {
      expect(await verifyEvent(event, { memory })).toBe(at === 0 ? owner.origin : undefined);
    }
  });

  it('is no other device below the same root', async () => {
    const [chain] = vectors.chains;
    const other = vectors.chains.find(({ name }) => name === 'a device for a year');
    if (chain === undefined || other === undefined) return expect.fail('no chains');
    const signer = await deviceOf(chain, 'ecdsa-p256');
    const event = await signEvent(unsigned(signer), await certified(signer, chain.rootSubject as Hex));
    expect(await verifyEvent({ ...event, origin: other.origin as Hex })).toBeUndefined();
  });
});

describe('an account that is a contract', () => {
  /** A contract that accepts what one key signed, asked without a chain. */
  const reader: AccountSignatureReader & { asked: string[] } = {
    asked: [],
    accepts: (account, hash, signature) => {
      reader.asked.push(account);
      return Promise.resolve(signature === `0x${hash.slice(2)}01`);
    }
  };
  const account: Hex = `0x${'c0'.repeat(20)}`;
  const table = [...verifiers, ...withBatches([contractVerifier(reader)])];
  const signer: EventSigner = {
    originType: 'address',
    origin: account,
    signatureType: 'erc1271',
    sign: async (payload) => {
      const { personalMessageHash } = await import('./signature.ts');
      return Uint8Array.of(...personalMessageHash(payload), 1);
    }
  };

  it('is asked through the reader; without one its signatures are not known', async () => {
    const event = await signEvent(unsigned(signer), signer);
    expect(await verifyEvent(event, { table })).toBe(account);
    expect(await verifyEvent(event)).toBeUndefined();
    expect(await verifyEvent({ ...event, sequence: 1 }, { table })).toBeUndefined();
    const other: StreamEvent = { ...event, origin: owner.origin };
    reader.asked = [];
    await verifyEvent(other, { table });
    expect(reader.asked).toEqual([owner.origin]);
  });

  it('may vouch for a key, and is only asked once its permission was looked at', async () => {
    const key = await p256Signer(`0x${'44'.repeat(32)}`);
    const statement = { stream, originType: 'p256', subject: key.origin, until: now + 1 };
    const certificate: OriginCertificate = await certifyOrigin(statement, signer);
    const event = await signEvent(unsigned(key), { ...key, certificate });
    expect(await verifyEvent(event, { table })).toBe(account);
    reader.asked = [];
    const refusal = new RangeError('no permission');
    const checkVoucher = () => Promise.reject(refusal);
    await expect(verifyEvent(event, { table, checkVoucher })).rejects.toBe(refusal);
    expect(reader.asked).toEqual([]);
  });

  it('whose wallet answers something else is refused', async () => {
    const wrong = contractSigner(account, () => Promise.resolve('0x00'), reader);
    await expect(wrong.sign(new Uint8Array(1))).rejects.toThrow(WalletSignatureInvalidError);
  });
});
