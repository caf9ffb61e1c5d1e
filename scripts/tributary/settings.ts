import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Address } from '#sdk/protocol/primitives';
import { secretSourcePattern } from './keystore/secret-input.ts';
import { UsageError } from './terminal/words.ts';

/** What every command can be told, by options or by the environment; an option wins. No secret is among it. */
export interface Settings {
  /** Where the market is. */
  readonly market: string;
  /** Folder for keys, and for what must be remembered between runs. */
  readonly home: string;
  /** Name of the key in that folder, or the path of a keystore file. */
  readonly key: string;
  /** Where the passphrase comes from. */
  readonly passphraseFrom: string;
  /** JSON-RPC of a signer that holds the key instead, such as a hardware wallet's. */
  readonly signer: string | undefined;
  /** Account at that signer, or account to look at. */
  readonly account: Address | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

const settingsSchema = z.object({
  market: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL, such as http://localhost:4400' }),
  home: z.string().min(1),
  key: z.string().min(1),
  passphraseFrom: z.string().regex(secretSourcePattern, 'must be prompt, descriptor:<number> or file:<path>'),
  signer: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  account: addressSchema.optional(),
  json: z.boolean(),
  quiet: z.boolean()
});

/** Options as the command line gives them. */
export type GlobalOptions = Partial<Record<keyof Settings, unknown>>;

/**
 * Options, and the environment where they say nothing.
 *
 * @throws {@link UsageError} naming what is wrong.
 */
export function readSettings(
  options: GlobalOptions,
  environment: Readonly<Record<string, string | undefined>>
): Settings {
  const given = (option: unknown, name: string) => {
    const value = environment[name];
    return option ?? (value === '' ? undefined : value);
  };
  const parsed = settingsSchema.safeParse({
    market: given(options.market, 'TRIBUTARY_MARKET') ?? 'http://localhost:4400',
    home: given(options.home, 'TRIBUTARY_HOME') ?? join(homedir(), '.tributary'),
    key: given(options.key, 'TRIBUTARY_KEY') ?? 'default',
    passphraseFrom: given(options.passphraseFrom, 'TRIBUTARY_PASSPHRASE_FROM') ?? 'prompt',
    signer: given(options.signer, 'TRIBUTARY_SIGNER'),
    account: given(options.account, 'TRIBUTARY_ACCOUNT'),
    json: options.json === true,
    quiet: options.quiet === true
  });
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `--${kebab(issue.path.join('.'))} ${issue.message}`);
    throw new UsageError(`${faults.join('; ')}.`);
  }
  const { signer, account, home, ...rest } = parsed.data;
  return { ...rest, home: resolve(home), signer, account };
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
