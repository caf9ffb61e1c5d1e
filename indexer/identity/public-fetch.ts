import { lookup, type LookupAddress } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { PublicFetchError } from './errors.ts';
import { isPublicAddress } from './public-address.ts';

export interface PublicFetchOptions {
  /** Port of this machine for names that end in .localhost; such names are refused without it. */
  readonly loopbackPort?: number | undefined;
  /** Milliseconds for everything, 5,000 by default. */
  readonly patience?: number;
  /** Bytes that are read at most. */
  readonly limit: number;
}

/**
 * Fetches a small text from a server that a stranger named: over HTTPS on its usual port, from public addresses only, and
 * without following redirects. The address that was looked at is the one that is connected to, so that a name which
 * changes its mind in between gains nothing.
 *
 * @param domain Lowercase, such as weather.example.org.
 * @param path Begins with a slash.
 * @throws {@link PublicFetchError}
 */
export async function fetchPublicText(domain: string, path: string, options: PublicFetchOptions): Promise<string> {
  const { loopbackPort, patience = 5_000, limit } = options;
  const local = domain.endsWith('.localhost');
  if (isIP(domain) !== 0 || (local && loopbackPort === undefined)) {
    throw new PublicFetchError(`${domain} is no name of the public internet.`, true);
  }
  const signal = AbortSignal.timeout(patience);
  const headers = { accept: 'application/json', host: domain, 'user-agent': 'Tributary' };
  return new Promise<string>((resolve, reject) => {
    const fail = (detail: string, answered: boolean, cause?: unknown) => {
      reject(new PublicFetchError(detail, answered, { cause }));
    };
    const asked = local
      ? requestPlain({ host: '127.0.0.1', port: loopbackPort, path, headers, signal, agent: false })
      : requestSecure({ host: domain, port: 443, path, headers, signal, agent: false, lookup: publicLookup });
    asked.on('error', (error) => {
      if (error instanceof PublicFetchError) reject(error);
      else fail(signal.aborted ? `It took more than ${String(patience)} ms.` : error.message, false, error);
    });
    asked.on('response', (response) => {
      const { statusCode = 0 } = response;
      response.on('error', (error) => {
        fail(error.message, false, error);
      });
      if (statusCode !== 200) {
        response.destroy();
        const moved = statusCode >= 300 && statusCode < 400 ? ' Redirects are not followed.' : '';
        fail(`It answered with status ${String(statusCode)}.${moved}`, statusCode < 500);
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= limit) return;
        response.destroy();
        fail(`It is longer than ${String(limit)} bytes.`, true);
      });
      response.on('end', () => {
        resolve(Buffer.concat(chunks).toString('utf8'));
      });
      // an answer that is broken off ends without an error of its own
      response.on('close', () => {
        fail('The answer was broken off.', false);
      });
    });
    asked.end();
  });
}

/** Looks a name up, and refuses it where one of its addresses is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    const foul = addresses.find(({ address }) => !isPublicAddress(address));
    if (first === undefined || foul !== undefined) {
      callback(
        new PublicFetchError(
          `${hostname} leads to ${foul?.address ?? 'no address'}, which is not on the public internet.`,
          true
        ),
        '',
        0
      );
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
