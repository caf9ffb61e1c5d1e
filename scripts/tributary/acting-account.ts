import { existsSync } from 'node:fs';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { connectAccount } from '#sdk/actions/connect-account';
import type { Market } from '#sdk/actions/connect-market';
import type { Wallet } from '#sdk/actions/send-transaction';
import { walletEventSigner } from '#sdk/actions/wallet-event-signer';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import type { EventSigner } from '#sdk/protocol/signature';
import { openAccountSecrets, secretsFileOf } from './keystore/account-secrets.ts';
import type { AccountSecrets } from './keystore/account-secrets.ts';
import { KeyMissingError } from './keystore/errors.ts';
import { accountOf, keyFileOf, openKey, readKeyFile } from './keystore/key-files.ts';
import { readNewPassphrase, readPassphrase } from './keystore/secret-input.ts';
import { usualCost } from './keystore/secret-storage.ts';
import { onceSucceeded } from './once-succeeded.ts';
import { remoteWallet } from './remote-signer.ts';
import type { Settings } from './settings.ts';
import { UsageError } from './terminal/words.ts';

/** Whoever acts: an account with the means to sign for it. */
export interface ActingAccount {
  readonly address: Address;
  readonly wallet: Wallet;
  /** Signs events and delegations. */
  readonly signer: EventSigner;
  /** Its private key, where this program holds it; undefined with a signer elsewhere. Secret. */
  readonly privateKey: Hex | undefined;
  /** Keys of its licences and roots of its streams; opened when first asked for. */
  secrets(): Promise<AccountSecrets>;
}

/** The accounts of a run. Nothing is opened, and no passphrase asked for, before it is needed. */
export interface Accounts {
  /** Whose account it is, without its passphrase where the keystore says so. */
  address(): Promise<Address>;
  /** @throws as {@link openKey}. */
  acting(market: Market): Promise<ActingAccount>;
  /** Only what is kept beside the key: the keys of licences and streams. */
  secrets(): Promise<AccountSecrets>;
}

export function createAccounts(settings: Settings): Accounts {
  const { home, key, passphraseFrom, signer } = settings;
  const file = keyFileOf(home, key);
  const openPassphrase = onceSucceeded(async () => {
    if (signer === undefined) {
      // Looked for first: nobody should type a passphrase in vain.
      await readKeyFile(file);
      return readPassphrase(passphraseFrom, file);
    }
    const kept = secretsFileOf(home, signerAccount(settings));
    return existsSync(kept) ? readPassphrase(passphraseFrom, kept) : readNewPassphrase(passphraseFrom, kept);
  });
  const openOwn = onceSucceeded(async () => openKey(file, await openPassphrase()));

  const address = async () => {
    if (signer !== undefined) return signerAccount(settings);
    await readKeyFile(file);
    return (await accountOf(file)) ?? (await openOwn()).account;
  };
  const openSecrets = onceSucceeded(async () => {
    const { account, cost } =
      signer === undefined ? await openOwn() : { account: signerAccount(settings), cost: usualCost };
    return openAccountSecrets(secretsFileOf(home, account), await openPassphrase(), cost);
  });

  return {
    address,
    secrets: openSecrets,
    acting: async (market) => {
      if (signer !== undefined) {
        const account = signerAccount(settings);
        const wallet = remoteWallet({ market, url: signer, account });
        return {
          address: account,
          wallet,
          signer: walletEventSigner(wallet),
          privateKey: undefined,
          secrets: openSecrets
        };
      }
      const { account, privateKey } = await openOwn();
      if (settings.account !== undefined && settings.account !== account) {
        throw new KeyMissingError(`${file} is the key of ${account}, not of ${settings.account}. Name the right one.`);
      }
      return {
        address: account,
        wallet: connectAccount({ market, account: privateKeyToAccount(privateKey) }),
        signer: privateKeySigner(privateKey),
        privateKey,
        secrets: openSecrets
      };
    }
  };
}

function signerAccount({ account }: Settings): Address {
  if (account !== undefined) return account;
  throw new UsageError('Say which account signs at the signer: --account 0x…');
}
