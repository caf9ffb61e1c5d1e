import { randomBytes } from 'node:crypto';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { VaultError } from './errors.ts';
import type { Vault } from './vault.ts';

const secretBytes = 32;

/** One secret per stream, out of which all node keys of its expiry buckets come; made when first asked for. */
export class StreamSecrets {
  private readonly vault: Vault;
  private readonly genesis: Hex;
  private readonly secrets = new Map<Address, Promise<Uint8Array>>();

  constructor(vault: Vault, genesis: Hex) {
    this.vault = vault;
    this.genesis = genesis;
  }

  /** @returns 32 bytes. @throws VaultError */
  of(stream: Address): Promise<Uint8Array> {
    let secret = this.secrets.get(stream);
    if (secret === undefined) {
      secret = this.readOrMake(`buckets-${this.genesis.slice(2, 18)}-${stream}`);
      this.secrets.set(stream, secret);
      secret.catch(() => this.secrets.delete(stream));
    }
    return secret;
  }

  private async readOrMake(name: string): Promise<Uint8Array> {
    const stored = (await this.vault.read(name)) ?? (await this.vault.create(name, randomBytes(secretBytes)));
    if (stored.length !== secretBytes) {
      throw new VaultError(`${name} in the vault is damaged. Restore it from a backup.`);
    }
    return new Uint8Array(stored);
  }
}
