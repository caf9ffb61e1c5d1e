import { randomBytes } from 'node:crypto';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { VaultError } from './errors.ts';
import type { Vault } from './vault.ts';

const secretBytes = 32;

/**
 * One secret per stream and numbering of leaves, out of which all node keys of its expiry buckets come; made when first
 * asked for.
 */
export class StreamSecrets {
  private readonly vault: Vault;
  private readonly genesis: Hex;
  private readonly secrets = new Map<string, Promise<Uint8Array>>();
  private book = '';

  constructor(vault: Vault, genesis: Hex) {
    this.vault = vault;
    this.genesis = genesis;
  }

  /** Says which numbering of leaves is the present one, see LeafTable.book. */
  use(book: string): void {
    this.book = book;
  }

  /** @returns 32 bytes. @throws VaultError */
  of(stream: Address): Promise<Uint8Array> {
    const name = `buckets-${this.genesis.slice(2, 18)}-${stream}${this.book === '' ? '' : `-${this.book}`}`;
    let secret = this.secrets.get(name);
    if (secret === undefined) {
      secret = this.readOrMake(name);
      this.secrets.set(name, secret);
      secret.catch(() => this.secrets.delete(name));
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
