import { gcm } from '@noble/ciphers/aes';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { keyPairOf } from '#sdk/protocol/hpke';
import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { BuyerKey } from './buyer-keys.ts';
import { m } from '../generated/messages/messages.js';

/** What was given is not what "Back up keys" or "Move to another device" makes. */
export class KeyBackupInvalidError extends TributaryError {
  readonly code = 'key-backup-invalid';
  readonly title = m.keys_invalid();
}

/** The passphrase or the code is not the one under which the keys were sealed, or something was changed. */
export class SecretWrongError extends TributaryError {
  readonly code = 'secret-wrong';
  readonly title = m.keys_secret_wrong();
  override readonly status = 403;
}

/**
 * Keys under a secret that a person can type: scrypt (RFC 7914) and AES-256-GCM. Layout, in bytes: 1 for the version,
 * 1 for the binary logarithm of scrypt's cost, 16 of salt, 12 of nonce, then the ciphertext, whose authentication covers
 * all before it. Inside: the account (20), then for each key the offer's id (32), the private key (32) and the time of
 * its making (6, Unix milliseconds).
 */
const version = 1;
const headerLength = 1 + 1 + 16 + 12;
const recordLength = 32 + 32 + 6;
/** 128 MiB of memory and about a second: a guess costs an attacker the same. */
const usualCost = 17;
/** What somebody else's container may cost this device. */
const highestCost = 18;
/** More keys than anybody has; a larger file is none. */
const mostKeys = 10_000;

const hexOf = (bytes: Uint8Array) =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}` as const;
const bytesOf = (hex: string) =>
  Uint8Array.from({ length: (hex.length - 2) / 2 }, (_, index) =>
    parseInt(hex.slice(2 + 2 * index, 4 + 2 * index), 16)
  );

const derive = (secret: string, salt: Uint8Array, cost: number) =>
  scryptAsync(new TextEncoder().encode(secret.normalize('NFKC')), salt, { N: 2 ** cost, r: 8, p: 1, dkLen: 32 });

/**
 * Seals the keys of one account.
 *
 * @param cost Binary logarithm of scrypt's N; lower only where a test wants to be quick.
 */
export async function sealKeys(
  account: string,
  keys: readonly BuyerKey[],
  secret: string,
  cost = usualCost
): Promise<Uint8Array> {
  const header = new Uint8Array(headerLength);
  header.set([version, cost]);
  crypto.getRandomValues(header.subarray(2));
  const plain = new Uint8Array(20 + keys.length * recordLength);
  plain.set(bytesOf(account));
  keys.forEach(({ offerId, privateKey, createdAt }, index) => {
    const record = plain.subarray(20 + index * recordLength);
    record.set(bytesOf(offerId));
    record.set(privateKey, 32);
    new DataView(record.buffer, record.byteOffset).setUint16(64, Math.floor(createdAt / 2 ** 32));
    new DataView(record.buffer, record.byteOffset).setUint32(66, createdAt % 2 ** 32);
  });
  const key = await derive(secret, header.subarray(2, 18), cost);
  const sealed = gcm(key, header.subarray(18), header).encrypt(plain);
  const whole = new Uint8Array(headerLength + sealed.length);
  whole.set(header);
  whole.set(sealed, headerLength);
  return whole;
}

/**
 * Opens sealed keys.
 *
 * @throws {@link KeyBackupInvalidError}, {@link SecretWrongError}
 */
export async function openKeys(sealed: Uint8Array, secret: string): Promise<BuyerKey[]> {
  const [kind, cost] = sealed;
  if (kind !== version || cost === undefined || cost < 1 || cost > highestCost) {
    throw new KeyBackupInvalidError(m.keys_invalid_version());
  }
  if (sealed.length > headerLength + 20 + 16 + mostKeys * recordLength) {
    throw new KeyBackupInvalidError(m.keys_invalid_size());
  }
  const header = sealed.subarray(0, headerLength);
  const key = await derive(secret, header.subarray(2, 18), cost);
  let plain: Uint8Array;
  try {
    plain = gcm(key, header.subarray(18), header).decrypt(sealed.subarray(headerLength));
  } catch (cause) {
    throw new SecretWrongError(m.keys_secret_wrong_means(), {
      cause
    });
  }
  const account = addressSchema.parse(hexOf(plain.subarray(0, 20)));
  const count = Math.floor((plain.length - 20) / recordLength);
  return Array.from({ length: count }, (_, index): BuyerKey => {
    const record = plain.slice(20 + index * recordLength, 20 + (index + 1) * recordLength);
    const view = new DataView(record.buffer);
    const privateKey = record.slice(32, 64);
    return {
      publicKey: keyPairOf(privateKey).publicKey,
      privateKey,
      account,
      offerId: bytes32Schema.parse(hexOf(record.subarray(0, 32))),
      createdAt: view.getUint16(64) * 2 ** 32 + view.getUint32(66)
    };
  });
}
