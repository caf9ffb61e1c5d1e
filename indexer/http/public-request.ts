import { lookup, type LookupAddress } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { TributaryError } from '#sdk/protocol/problem';
import { isPublicAddress } from './public-address.ts';

/** A server that a stranger named was asked for something, and gave nothing that may be read. */
export class PublicFetchError extends TributaryError {
  readonly code = 'public-fetch-failed';
  readonly title = 'The file could not be fetched';
  override readonly status = 502;
  /** Whether a server answered; false where none did, which may pass. */
  readonly answered: boolean;

  constructor(detail: string, answered: boolean, options?: ErrorOptions) {
    super(detail, options);
    this.answered = answered;
  }
}

export interface PublicRequest {
  readonly method: 'GET' | 'POST';
  /** Lowercase, such as weather.example.org. */
  readonly domain: string;
  /** Begins with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Port of this machine for names that end in .localhost; such names are refused without it. */
  readonly loopbackPort?: number | undefined;
  /** Milliseconds for everything, 5,000 by default. */
  readonly patience?: number;
  /** Bytes that are read at most; `whole` is false where there are more. */
  readonly limit: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

export interface PublicAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Whether the body is all that was sent. */
  readonly whole: boolean;
}

/**
 * Why a name is not asked whatever it leads to: it is an address, or one of this machine.
 *
 * @returns null for a name that may be asked.
 */
export function refusedName(domain: string, loopbackPort?: number): string | null {
  const local = domain === 'localhost' || domain.endsWith('.localhost');
  const refused = isIP(domain.replace(/^\[|\]$/g, '')) !== 0 || (local && loopbackPort === undefined);
  return refused ? `${domain} is no name of the public internet.` : null;
}

/**
 * Asks a server that a stranger named: over HTTPS on its usual port, at public addresses only, and without following
 * redirects. The address that was looked at is the one that is connected to, so that a name which changes its mind in
 * between gains nothing.
 *
 * @throws {@link PublicFetchError}
 */
export async function requestPublic(request: PublicRequest): Promise<PublicAnswer> {
  const { method, domain, path, body, loopbackPort, patience = 5_000, limit } = request;
  const refusal = refusedName(domain, loopbackPort);
  if (refusal !== null) throw new PublicFetchError(refusal, true);
  const late = AbortSignal.timeout(patience);
  const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
  const headers = {
    accept: 'application/json',
    host: domain,
    'user-agent': 'Tributary',
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...request.headers
  };
  return new Promise<PublicAnswer>((resolve, reject) => {
    const fail = (detail: string, answered: boolean, cause?: unknown) => {
      reject(new PublicFetchError(detail, answered, { cause }));
    };
    const asked = domain.endsWith('.localhost')
      ? requestPlain({ method, host: '127.0.0.1', port: loopbackPort, path, headers, signal, agent: false })
      : requestSecure({ method, host: domain, port: 443, path, headers, signal, agent: false, lookup: publicLookup });
    asked.on('error', (error) => {
      if (error instanceof PublicFetchError) reject(error);
      else fail(late.aborted ? `It took more than ${String(patience)} ms.` : error.message, false, error);
    });
    asked.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = (whole: boolean) => {
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks), whole });
      };
      response.on('error', (error) => {
        fail(error.message, false, error);
      });
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) {
          chunks.push(chunk);
          return;
        }
        finish(false);
        response.destroy();
      });
      response.on('end', () => {
        finish(true);
      });
      // an answer that is broken off ends without an error of its own
      response.on('close', () => {
        fail('The answer was broken off.', false);
      });
    });
    asked.end(body);
  });
}

export type PublicFetchOptions = Pick<PublicRequest, 'loopbackPort' | 'patience' | 'limit'>;

/**
 * Fetches a small text as {@link requestPublic} does.
 *
 * @throws {@link PublicFetchError} also where it is not there, or too long.
 */
export async function fetchPublicText(domain: string, path: string, options: PublicFetchOptions): Promise<string> {
  const { status, body, whole } = await requestPublic({ method: 'GET', domain, path, ...options });
  if (status !== 200) {
    const moved = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
    throw new PublicFetchError(`It answered with status ${String(status)}.${moved}`, status < 500);
  }
  if (!whole) throw new PublicFetchError(`It is longer than ${String(options.limit)} bytes.`, true);
  return body.toString('utf8');
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
