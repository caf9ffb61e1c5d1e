import { generatePrivateKey } from 'viem/accounts';
import { z } from 'zod';
import { type KeyPair, generateKeyPair, keyPairOf } from '#sdk/protocol/hpke';
import { type Address, bytes32Schema } from '#sdk/protocol/primitives';
import type { EventSigner } from '#sdk/protocol/signature';
import { VaultError } from './errors.ts';
import { nativeSigner } from './native-signer.ts';
import type { Vault } from './vault.ts';

/** Who the issuer is: an account that signs grants, and a key pair to which delegations are sealed. */
export interface Identity {
  readonly account: Address;
  readonly signer: EventSigner;
  readonly keyPair: KeyPair;
}

const name = 'identity';
const identitySchema = z.object({ signing: bytes32Schema, sealing: bytes32Schema });

/**
 * The issuer's identity out of the vault, made at the first start.
 *
 * @throws {@link VaultError}
 */
export async function openIdentity(vault: Vault): Promise<Identity> {
  const stored = (await vault.read(name)) ?? (await vault.create(name, await fresh()));
  const parsed = identitySchema.safeParse(JSON.parse(stored.toString('utf8')));
  if (!parsed.success) throw new VaultError('The identity in the vault is not readable. Restore it from a backup.');
  const signer = nativeSigner(parsed.data.signing);
  const keyPair = keyPairOf(new Uint8Array(Buffer.from(parsed.data.sealing.slice(2), 'hex')));
  return { account: signer.origin, signer, keyPair };
}

async function fresh(): Promise<Buffer> {
  const { privateKey } = await generateKeyPair();
  const sealing = `0x${Buffer.from(privateKey).toString('hex')}`;
  return Buffer.from(JSON.stringify({ signing: generatePrivateKey(), sealing }));
}
