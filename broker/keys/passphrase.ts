import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { PassphraseUnreadableError } from './errors.ts';

/** Bytes of a passphrase: one that is shorter is guessed, whatever it costs to try one. */
const shortest = 12;
const longest = 1_024;

/** A terminal, as far as it is needed to read from it without showing what is typed. */
type Terminal = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/**
 * Reads the passphrase of a vault. It never comes from the environment or the arguments, which others can see.
 *
 * @param source `prompt`: typed at the terminal, not shown; `descriptor:<number>`: an open file descriptor, to its end;
 *   `file:<path>`: a key file that nobody else can read (mode 0600). A line break at the end does not count.
 * @returns UTF-8, 12 to 1,024 bytes.
 * @throws {@link PassphraseUnreadableError}
 */
export async function readPassphrase(
  source: string,
  terminal: { readonly input: Terminal; readonly output: Writable } = { input: process.stdin, output: process.stderr }
): Promise<Buffer> {
  const [kind, ...rest] = source.split(':');
  const where = rest.join(':');
  if (source === 'prompt') return checked(await prompt(terminal.input, terminal.output));
  if (kind === 'file' && where !== '') return checked(await readKeyFile(where));
  if (kind === 'descriptor' && /^\d{1,4}$/.test(where)) return checked(await readDescriptor(Number(where)));
  throw new PassphraseUnreadableError('Say prompt, descriptor:<number> or file:<path>.');
}

function checked(passphrase: Buffer): Buffer {
  const ending = /\r?\n$/.exec(passphrase.toString('latin1'))?.[0].length ?? 0;
  const kept = passphrase.subarray(0, passphrase.length - ending);
  if (kept.length < shortest || kept.length > longest) {
    throw new PassphraseUnreadableError(
      `A passphrase has ${String(shortest)} to ${String(longest)} bytes; this one has ${String(kept.length)}.`
    );
  }
  return kept;
}

async function readKeyFile(file: string): Promise<Buffer> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY);
  } catch (cause) {
    throw new PassphraseUnreadableError(`${file} cannot be opened. Make it, with a long random line in it.`, { cause });
  }
  try {
    // Of the file that was opened, not of what has its name by now.
    const facts = await handle.stat();
    if (!facts.isFile() || (facts.mode & 0o077) !== 0) {
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
    throw new PassphraseUnreadableError(
      `File descriptor ${String(descriptor)} cannot be read. Open it for the broker.`,
      {
        cause
      }
    );
  }
  return Buffer.concat(chunks);
}

/** Reads a line from a terminal that shows nothing of it. */
function prompt(input: Terminal, output: Writable): Promise<Buffer> {
  const { setRawMode } = input;
  if (input.isTTY !== true || setRawMode === undefined) {
    throw new PassphraseUnreadableError('There is no terminal to ask at. Use descriptor:<number> or file:<path>.');
  }
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    const end = (settle: () => void): void => {
      input.off('data', take);
      input.off('end', hangUp);
      setRawMode.call(input, false);
      input.pause();
      output.write('\n');
      settle();
    };
    const giveUp = (): void => {
      end(() => {
        reject(new PassphraseUnreadableError('No passphrase was typed.'));
      });
    };
    const hangUp = giveUp;
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
    // Before the question: the first letters of a quick answer would be shown.
    setRawMode.call(input, true);
    output.write('Passphrase of the vault: ');
    if (input.readableEncoding === null) input.setEncoding('utf8');
    input.on('data', take);
    input.on('end', hangUp);
    input.resume();
  });
}
