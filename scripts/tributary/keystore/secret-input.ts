import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { PassphraseUnreadableError } from './errors.ts';

/**
 * Secrets come from where other users of the machine cannot see them: typed at the terminal and not shown, an open file
 * descriptor, or a file of mode 0600. Never from arguments or the environment.
 */

/** Bytes of a passphrase that is set anew: one that is shorter is guessed, whatever it costs to try one. */
const shortest = 12;
/** Bytes of any secret that is read. */
const longest = 4_096;

/** A terminal, as far as it is needed to read from it without showing what is typed. */
type Terminal = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
export interface AskedAt {
  readonly input: Terminal;
  readonly output: Writable;
}
const standard = (): AskedAt => ({ input: process.stdin, output: process.stderr });

/** Where a secret comes from: `prompt`, `descriptor:<number>` or `file:<path>`. */
export const secretSourcePattern = /^(?:prompt|descriptor:\d{1,4}|file:.+)$/;

/**
 * Reads the passphrase that opens what is sealed.
 *
 * @returns UTF-8, without the line break at its end.
 * @throws {@link PassphraseUnreadableError}
 */
export async function readPassphrase(source: string, what: string, asked = standard()): Promise<Buffer> {
  const passphrase = await readSecret(source, `Passphrase of ${what}: `, asked);
  if (passphrase.length > 0) return passphrase;
  throw new PassphraseUnreadableError('The passphrase is empty. Give the one that the key was sealed with.');
}

/**
 * Reads a passphrase that shall seal something; typed, it is asked twice.
 *
 * @throws {@link PassphraseUnreadableError}
 */
export async function readNewPassphrase(source: string, what: string, asked = standard()): Promise<Buffer> {
  const passphrase = await readSecret(source, `New passphrase of ${what}: `, asked);
  if (passphrase.length < shortest) {
    throw new PassphraseUnreadableError(
      `A passphrase has at least ${String(shortest)} bytes; this one has ${String(passphrase.length)}.`
    );
  }
  if (source === 'prompt' && !(await readSecret(source, 'Again: ', asked)).equals(passphrase)) {
    throw new PassphraseUnreadableError('The two are not the same. Try again.');
  }
  return passphrase;
}

/**
 * Reads a secret: a line, without its end.
 *
 * @throws {@link PassphraseUnreadableError}
 */
export async function readSecret(source: string, question: string, asked = standard()): Promise<Buffer> {
  const separator = source.indexOf(':');
  const kind = separator < 0 ? source : source.slice(0, separator);
  const where = separator < 0 ? '' : source.slice(separator + 1);
  if (source === 'prompt') return trimmed(await prompt(question, asked));
  if (kind === 'file' && where !== '') return trimmed(await readSecretFile(where));
  if (kind === 'descriptor' && /^\d{1,4}$/.test(where)) return trimmed(await readDescriptor(Number(where)));
  throw new PassphraseUnreadableError('Say prompt, descriptor:<number> or file:<path>.');
}

function trimmed(secret: Buffer): Buffer {
  if (secret.length > longest) {
    throw new PassphraseUnreadableError(`A secret has at most ${String(longest)} bytes; this one has more.`);
  }
  const ending = /\r?\n$/.exec(secret.toString('latin1'))?.[0].length ?? 0;
  return secret.subarray(0, secret.length - ending);
}

async function readSecretFile(file: string): Promise<Buffer> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY);
  } catch (cause) {
    throw new PassphraseUnreadableError(`${file} cannot be opened. Make it, with the secret in it.`, { cause });
  }
  try {
    // Of the file that was opened, not of what has its name by now.
    const facts = await handle.stat();
    if (!facts.isFile() || (process.platform !== 'win32' && (facts.mode & 0o077) !== 0)) {
      throw new PassphraseUnreadableError(`${file} must be a file that nobody else can read: chmod 600 it.`);
    }
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longest + 3), 0, longest + 3, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readDescriptor(descriptor: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of createReadStream('', { fd: descriptor })) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > longest + 2) break;
    }
  } catch (cause) {
    const number = String(descriptor);
    throw new PassphraseUnreadableError(`File descriptor ${number} cannot be read. Open it, such as ${number}<file.`, {
      cause
    });
  }
  return Buffer.concat(chunks);
}

/** Reads a line from a terminal that shows nothing of it. */
function prompt(question: string, { input, output }: AskedAt): Promise<Buffer> {
  const { setRawMode } = input;
  if (input.isTTY !== true || setRawMode === undefined) {
    throw new PassphraseUnreadableError(
      'There is no terminal to ask at. Say where the passphrase is: --passphrase-from file:<path> or descriptor:<number>.'
    );
  }
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    const end = (settle: () => void): void => {
      input.off('data', take);
      input.off('end', giveUp);
      setRawMode.call(input, false);
      input.pause();
      output.write('\n');
      settle();
    };
    const giveUp = (): void => {
      end(() => {
        reject(new PassphraseUnreadableError('Nothing was typed, so nothing was done.'));
      });
    };
    const take = (data: Buffer | string): void => {
      for (const character of data.toString()) {
        // Raw: Ctrl-C and Ctrl-D come as characters.
        if (character === '\u0003' || character === '\u0004') {
          giveUp();
          return;
        }
        if (character === '\r' || character === '\n') {
          end(() => {
            resolve(Buffer.from(typed.join('')));
          });
          return;
        }
        if (character === '\u007f' || character === '\b') typed.pop();
        else if (typed.length <= longest) typed.push(character);
      }
    };
    // First: whoever answers the question at once must not see the answer.
    setRawMode.call(input, true);
    output.write(question);
    if (input.readableEncoding === null) input.setEncoding('utf8');
    input.on('data', take);
    input.on('end', giveUp);
    input.resume();
  });
}
