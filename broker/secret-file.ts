import { readFileSync, statSync } from 'node:fs';
import { ConfigurationError } from '#sdk/protocol/configuration';

const secretPattern = /^[\w.~+/-]{32,512}=*$/;

/**
 * Reads a secret that an operator wrote into a file.
 *
 * @param file Holds 32 to 512 characters of a bearer token (RFC 6750, 2.1); nobody but its owner may read it.
 * @param variable Of the environment, which names the file.
 * @throws ConfigurationError; its message never holds what was read.
 */
export function readSecretFile(file: string, variable: string): string {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(file, 'utf8').trim();
    ({ mode } = statSync(file));
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read. Correct ${variable}, or leave it empty.`, { cause });
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new ConfigurationError(`Others can read ${file}. Take that away (chmod 600), and write another token.`);
  }
  if (!secretPattern.test(text)) {
    throw new ConfigurationError(`${file} holds no token: write 32 to 512 letters, digits or -._~+/ into it.`);
  }
  return text;
}
