import { z } from 'zod';
import { generateKeyPair, type KeyPair } from '#sdk/protocol/hpke';
import { addressSchema, bytes32Schema, millisecondsSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import { allRecords, putRecord } from './database.ts';

/**
 * The X25519 keys to which grants are sealed. Each is random, made here before a purchase, and leaves this browser only
 * sealed under a secret, when its owner asks for that.
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

/**
 * Puts keys of a backup, or of another device, into this browser. Those that are there already stay as they are.
 *
 * @returns How many keys are new here.
 */
export async function addBuyerKeys(keys: readonly BuyerKey[]): Promise<number> {
  const held = await heldPublicKeys();
  const fresh = keys.filter(({ publicKey }) => !held.has(publicKey));
  for (const key of fresh) await putRecord('buyer-keys', { ...key, privateKey: Uint8Array.from(key.privateKey) });
  return fresh.length;
}
