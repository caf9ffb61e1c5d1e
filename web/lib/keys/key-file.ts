import { z } from 'zod';
import { bytes32Schema, addressSchema, millisecondsSchema } from '#sdk/protocol/primitives';
import { keyPairOf } from '#sdk/protocol/hpke';
import type { BuyerKey } from './buyer-keys.ts';
import { KeyBackupInvalidError, openKeys } from './sealed-keys.ts';
import { m } from '../generated/messages/messages.js';

/** A backup file: JSON that says what it is, with the sealed keys as base64. */
const fileSchema = z.object({
  format: z.literal('tributary-buyer-keys'),
  version: z.literal(2),
  sealed: z.base64().max(2_000_000)
});

/** Files of before, which held the keys as they are. */
const openFileSchema = z.object({
  format: z.literal('tributary-buyer-keys'),
  version: z.literal(1),
  keys: z
    .array(
      z.object({
        account: addressSchema,
        offerId: bytes32Schema,
        privateKey: bytes32Schema,
        createdAt: millisecondsSchema
      })
    )
    .max(10_000)
});

/** Bytes that a backup file may have. */
export const largestKeyFile = 4_000_000;

/** The text of a backup file. */
export function keyFileText(sealed: Uint8Array): string {
  const binary = Array.from(sealed, (byte) => String.fromCharCode(byte)).join('');
  return JSON.stringify({ format: 'tributary-buyer-keys', version: 2, sealed: btoa(binary) }, null, 2);
}

/** What was chosen: keys under a passphrase, or the keys themselves, of an older file. */
export type KeyFile =
  | { readonly sealed: true; readonly open: (passphrase: string) => Promise<BuyerKey[]> }
  | { readonly sealed: false; readonly keys: readonly BuyerKey[] };

/**
 * Reads a backup file.
 *
 * @throws {@link KeyBackupInvalidError}
 */
export function readKeyFile(text: string): KeyFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new KeyBackupInvalidError(m.keys_invalid_json(), { cause });
  }
  const sealedFile = fileSchema.safeParse(content);
  if (sealedFile.success) {
    const sealed = Uint8Array.from(atob(sealedFile.data.sealed), (letter) => letter.charCodeAt(0));
    return { sealed: true, open: (passphrase) => openKeys(sealed, passphrase) };
  }
  const openFile = openFileSchema.safeParse(content);
  if (!openFile.success) {
    throw new KeyBackupInvalidError(m.keys_invalid_other());
  }
  const fromHex = (hex: string) =>
    Uint8Array.from({ length: 32 }, (_, index) => parseInt(hex.slice(2 + 2 * index, 4 + 2 * index), 16));
  return {
    sealed: false,
    keys: openFile.data.keys.map((key) => {
      const privateKey = fromHex(key.privateKey);
      return { ...key, privateKey, publicKey: keyPairOf(privateKey).publicKey };
    })
  };
}
