import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Command } from 'commander';
import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Context } from '../context.ts';
import { readSecrets, secretsFileOf } from '../keystore/account-secrets.ts';
import { KeystoreInvalidError } from '../keystore/errors.ts';
import { createKey, keyFileOf, listKeys, openKeyText, readKeyFile, saveKey } from '../keystore/key-files.ts';
import type { KeyFile } from '../keystore/key-files.ts';
import { readPrivateFile, writePrivateFile } from '../keystore/private-file.ts';
import { readNewPassphrase, readPassphrase, readSecret, secretSourcePattern } from '../keystore/secret-input.ts';
import { lightCost, usualCost } from '../keystore/secret-storage.ts';
import { UsageError } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand, Run } from './command.ts';

export const addKeys: AddCommand = (program, run) => {
  const keys = program
    .command('keys')
    .helpCommand(false)
    .description('make, import and export keystores')
    .addHelpText(
      'after',
      `${examples(
        'tributary keys create                                    # asks for a passphrase',
        'tributary keys create robot --passphrase-from file:/run/secrets/robot',
        'tributary keys import old --keystore UTC--2024…          # a keystore of another program',
        'tributary keys export > backup.json                      # opens in any wallet, such as: cast wallet',
        'tributary keys backup beside-it.json                     # the keys of licences and streams, sealed'
      )}
A keystore is a file of the Web3 Secret Storage form (version 3, scrypt), mode 0600, in TRIBUTARY_HOME/keystore. Beside
it, sealed under the same passphrase: the X25519 keys of your licences and the roots of your streams. Back up both.\n`
    );
  addSubcommands(keys, run);
};

function addSubcommands(keys: Command, run: Run): void {
  keys
    .command('create')
    .description('make a new key')
    .argument('[name]', 'its name; "default" unless said otherwise')
    .option('--light', 'cheap to open, and to guess: for play money and small machines')
    .action(run<{ light?: true }>(create));
  keys
    .command('import')
    .description('take over a private key, or the keystore of another program')
    .argument('[name]', 'its name; "default" unless said otherwise')
    .option('--keystore <file>', 'a keystore file; its passphrase is asked for')
    .option('--private-key-from <source>', 'prompt, descriptor:<number> or file:<path> of mode 0600', 'prompt')
    .option('--light', 'cheap to open, and to guess: for play money and small machines')
    .action(run<ImportOptions>(importKey));
  keys
    .command('export')
    .description('print the sealed keystore, for a backup or another program')
    .argument('[name]', 'its name')
    .action(run(exportKey));
  keys.command('list').description('show the keys that are here').action(run(list));
  keys
    .command('backup')
    .description('copy the sealed keys of licences and streams to a file')
    .argument('<file>', 'where to')
    .action(run(backup));
  keys
    .command('restore')
    .description("take over such a copy, or a key backup that the storefront's settings saved")
    .argument('<file>', 'where from')
    .action(run(restore));
}

const nameGiven = ({ settings }: Context, [name]: readonly string[]) => name ?? settings.key;

async function create(context: Context, options: { light?: true }, words: readonly string[]): Promise<void> {
  const { settings, output } = context;
  const name = nameGiven(context, words);
  const file = keyFileOf(settings.home, name);
  const passphrase = await readNewPassphrase(settings.passphraseFrom, file);
  const account = await createKey(file, passphrase, options.light === true ? lightCost : usualCost);
  tell(context, name, file, account);
  output.progress('Nobody can open it without its passphrase. Back it up: tributary keys export');
}

function tell({ output }: Context, name: string, file: string, account: Address): void {
  output.result({ name, account, file }, () =>
    output.facts([
      ['account', account],
      ['kept in', file]
    ])
  );
}

interface ImportOptions {
  readonly keystore?: string;
  readonly privateKeyFrom: string;
  readonly light?: true;
}

async function importKey(context: Context, options: ImportOptions, words: readonly string[]): Promise<void> {
  const { settings } = context;
  const name = nameGiven(context, words);
  const file = keyFileOf(settings.home, name);
  const cost = options.light === true ? lightCost : usualCost;
  if (options.keystore !== undefined) {
    const source = options.keystore;
    const passphrase = await readPassphrase(settings.passphraseFrom, source);
    const { privateKey } = await openKeyText(await readGiven(source), source, passphrase);
    // Sealed anew: the other one may be cheap to guess.
    tell(context, name, file, await saveKey(file, privateKey, passphrase, cost));
    return;
  }
  if (!secretSourcePattern.test(options.privateKeyFrom)) {
    throw new UsageError('--private-key-from must be prompt, descriptor:<number> or file:<path>.');
  }
  const given = (await readSecret(options.privateKeyFrom, 'Private key (not shown): ')).toString('utf8').trim();
  const privateKey: Hex = `0x${given.replace(/^0x/, '')}`;
  const passphrase = await readNewPassphrase(settings.passphraseFrom, file);
  tell(context, name, file, await saveKey(file, privateKey, passphrase, cost));
}

/** A keystore of another program, whatever its mode: it is sealed. */
async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new KeystoreInvalidError(`${file} cannot be read. Check its name.`, { cause });
  }
}

async function exportKey(context: Context, _: object, words: readonly string[]): Promise<void> {
  const file = keyFileOf(context.settings.home, nameGiven(context, words));
  const text = await readKeyFile(file);
  context.output.result(JSON.parse(text), () => text.trim());
}

async function list({ settings, output }: Context): Promise<void> {
  const keys = await listKeys(settings.home);
  output.result({ keys }, () =>
    keys.length === 0
      ? `There is no key in ${settings.home}/keystore. Make one: tributary keys create`
      : output.table<KeyFile>(
          [
            { title: 'NAME', value: ({ name }) => name },
            { title: 'ACCOUNT', value: ({ account }) => account ?? '(sealed)' },
            {
              title: 'FILE',
              value: ({ file, exposed }) => (exposed ? `${file} (others can read it: chmod 600)` : file)
            }
          ],
          keys
        )
  );
}

async function backup(context: Context, _: object, [target = '']: readonly string[]): Promise<void> {
  const account = await context.accounts.address();
  const file = secretsFileOf(context.settings.home, account);
  const text = await readPrivateFile(file);
  if (text === undefined) {
    throw new KeystoreInvalidError(`Nothing is kept for ${account} yet: no licence was bought, no stream created.`);
  }
  await writePrivateFile(target, text);
  context.output.result({ account, file: target }, () => `Sealed copy in ${target}; it needs the same passphrase.`);
}

const browserBackupSchema = z.object({
  format: z.literal('tributary-buyer-keys'),
  version: z.literal(1),
  keys: z
    .array(
      z.object({
        publicKey: bytes32Schema,
        privateKey: bytes32Schema,
        account: addressSchema,
        offerId: bytes32Schema,
        createdAt: z.int().min(0)
      })
    )
    .max(10_000)
});

async function restore(context: Context, _: object, [source = '']: readonly string[]): Promise<void> {
  const { accounts, settings, output } = context;
  const address = await accounts.address();
  const open = browserBackupSchema.safeParse(parseJson(await readGiven(source)));
  let others;
  if (open.success) {
    const keys = open.data.keys.filter(({ account }) => account === address);
    others = { licenseKeys: keys, streamRoots: [], publisherKeys: [] };
  } else {
    others = await readSecrets(source, await readPassphrase(settings.passphraseFrom, source));
  }
  const added = await (await accounts.secrets()).merge(others);
  output.result({ account: address, added }, () => `${String(added)} keys taken over for ${address}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
