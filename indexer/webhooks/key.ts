import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { WebhookKeyError } from './errors.ts';

/** What is derived from the key of webhooks, so that no secret stands in the database. */
export interface WebhookKey {
  /** Tells keys apart, and says nothing about them. */
  readonly id: string;
  /** The secret of a webhook: "whsec_" and base64 of 32 bytes. */
  secretOf(webhook: string): string;
  /**
   * A token with which whoever brings it speaks for the account.
   *
   * @param until Unix milliseconds.
   */
  tokenOf(account: Address, until: number): string;
  /** Whose token it is; null for one that is none, or has ended. `now` in Unix milliseconds. */
  accountOf(token: string, now: number): Address | null;
}

const bytes = 32;
const tokenSchema = z.tuple([addressSchema, z.coerce.number().int()]);

/**
 * Reads the key from which secrets are derived, 64 hexadecimal digits; makes it where there is none yet. Indexers of one
 * database need the same file: what another key signs would not be believed.
 *
 * @throws {@link WebhookKeyError}; its message never holds what was read.
 */
export async function openWebhookKey(file: string): Promise<WebhookKey> {
  await makeKey(file);
  let text: string;
  let mode: number;
  try {
    [text, { mode }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
  } catch (cause) {
    throw new WebhookKeyError(`${file} cannot be read. Correct WEBHOOK_KEY_FILE, or leave it empty.`, { cause });
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new WebhookKeyError(`Others can read ${file}. Take that away (chmod 600), and think of using another key.`);
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text)) {
    throw new WebhookKeyError(`${file} holds no key: write 64 hexadecimal digits, in lower case.`);
  }
  return keyOf(Buffer.from(text.trim(), 'hex'));
}

/** Whole or not at all, whoever else makes it at the same time. */
async function makeKey(file: string): Promise<void> {
  if (await stat(file).catch(() => null)) return;
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, `${randomBytes(bytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  } catch (cause) {
    throw new WebhookKeyError(`${file} cannot be written. Correct WEBHOOK_KEY_FILE, or leave it empty.`, { cause });
  } finally {
    await rm(draft, { force: true });
  }
}

/** @param key 32 random bytes. */
export function keyOf(key: Buffer): WebhookKey {
  const derived = (purpose: string, text: string) => createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
  return {
    id: createHash('sha256').update(derived('id', '')).digest('hex').slice(0, 16),
    secretOf: (webhook) => `whsec_${derived('secret', webhook).toString('base64')}`,
    tokenOf(account, until) {
      const claim = `${account}.${String(until)}`;
      return `${claim}.${derived('token', claim).toString('base64url')}`;
    },
    accountOf(token, now) {
      const [account = '', until = '', mac = ''] = token.split('.');
      const expected = derived('token', `${account}.${until}`);
      const given = Buffer.from(mac, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      const claim = tokenSchema.safeParse([account, until]);
      return claim.success && now < claim.data[1] ? claim.data[0] : null;
    }
  };
}
