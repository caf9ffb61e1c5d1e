import { z } from 'zod';
import { generateKeyPair, type KeyPair } from '#sdk/protocol/hpke';
import { addressSchema, bytes32Schema, millisecondsSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { allRecords, putRecord } from './database.ts';

/**
 * The X25519 keys to which grants are sealed. Each is random, made here before a purchase, and leaves this browser only
 * in a backup that its owner asks for.
 */
const buyerKeySchema = z.object({
  publicKey: bytes32Schema,
  /** 32 bytes. */
  privateKey: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32),
  account: addressSchema,
  /** The offer for whose licence the key was made. */
  offerId: bytes32Schema,
  createdAt: millisecondsSchema
});
export type BuyerKey = z.infer<typeof buyerKeySchema>;

/** A chosen file is no backup of buyer keys. */
export class KeyBackupInvalidError extends TributaryError {
  readonly code = 'key-backup-invalid';
  readonly title = 'This file is no key backup';
}

/** Keys kept in this browser, for one account or for all; newest first. Records that are damaged are left out. */
export async function buyerKeys(account?: Address): Promise<BuyerKey[]> {
  const records = await allRecords('buyer-keys');
  return records
    .flatMap((record) => {
      const parsed = buyerKeySchema.safeParse(record);
      return parsed.success && (account === undefined || parsed.data.account === account) ? [parsed.data] : [];
    })
    .sort((one, other) => other.createdAt - one.createdAt);
}

/** The key for buying or renewing a licence: the one already made for this account and offer, or a new one. */
export async function buyerKeyFor(account: Address, offerId: Hex): Promise<KeyPair> {
  const existing = (await buyerKeys(account)).find((key) => key.offerId === offerId);
  return existing ? { publicKey: existing.publicKey, privateKey: existing.privateKey } : makeBuyerKey(account, offerId);
}

/** A new key for an offer, whether or not there are older ones; from now on it is the one that buying takes. */
export async function makeBuyerKey(account: Address, offerId: Hex): Promise<KeyPair> {
  const made = await generateKeyPair();
  const record: BuyerKey = {
    publicKey: made.publicKey,
    // A copy with a buffer of its own: what is stored must not depend on the maker's memory.
    privateKey: Uint8Array.from(made.privateKey),
    account,
    offerId,
    createdAt: Date.now()
  };
  await putRecord('buyer-keys', record);
  return { publicKey: record.publicKey, privateKey: record.privateKey };
}

/** Public keys whose private halves this browser holds. */
export async function heldPublicKeys(): Promise<Set<Hex>> {
  return new Set((await buyerKeys()).map((key) => key.publicKey));
}

const backupSchema = z.object({
  format: z.literal('tributary-buyer-keys'),
  version: z.literal(1),
  keys: z.array(buyerKeySchema.extend({ privateKey: bytes32Schema })).max(10_000)
});

const toHex = (bytes: Uint8Array): Hex =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
const fromHex = (hex: Hex): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: (hex.length - 2) / 2 }, (_, index) =>
    parseInt(hex.slice(2 + 2 * index, 4 + 2 * index), 16)
  );

/** A backup of an account's keys as JSON text. Whoever has it can read what the licences open. */
export async function exportBuyerKeys(account: Address): Promise<string> {
  const keys = await buyerKeys(account);
  const backup = {
    format: 'tributary-buyer-keys',
    version: 1,
    keys: keys.map((key) => ({ ...key, privateKey: toHex(key.privateKey) }))
  };
  return JSON.stringify(backup, null, 2);
}

/**
 * Puts the keys of a backup into this browser.
 *
 * @returns How many keys the backup held.
 * @throws {@link KeyBackupInvalidError}
 */
export async function importBuyerKeys(text: string): Promise<number> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new KeyBackupInvalidError('Choose the file that "Back up keys" saved; this one is not JSON.', { cause });
  }
  const parsed = backupSchema.safeParse(content);
  if (!parsed.success) {
    throw new KeyBackupInvalidError('Choose the file that "Back up keys" saved; this one holds something else.');
  }
  for (const key of parsed.data.keys) {
    const record: BuyerKey = { ...key, privateKey: fromHex(key.privateKey) };
    await putRecord('buyer-keys', record);
  }
  return parsed.data.keys.length;
}
