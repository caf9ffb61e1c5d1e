import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { TributaryError } from '#sdk/protocol/problem';
import { readSecretFile } from '../secret-file.ts';
import { addressOfContext, isLoopback } from './client-address.ts';

/** Whoever asks for the metrics is neither on this machine nor brings the token. */
export class MetricsRefusedError extends TributaryError {
  readonly code = 'metrics-refused';
  readonly title = 'The metrics are not public';
  override readonly status = 401;

  constructor() {
    super(
      'Ask from the machine of the broker, or send the token of METRICS_TOKEN_FILE: Authorization: Bearer <token>.'
    );
  }
}

/**
 * Reads the token that opens the metrics to other machines.
 *
 * @param file Holds at least 32 characters of a bearer token (RFC 6750, 2.1); nobody but its owner may read it.
 * @throws ConfigurationError; its message never holds what was read.
 */
export function readMetricsToken(file: string): string {
  return readSecretFile(file, 'METRICS_TOKEN_FILE');
}

/**
 * Whether a request may see the metrics: it comes from this machine and through no proxy, or brings the token.
 *
 * @param token Undefined: from this machine only.
 * @throws {@link MetricsRefusedError}
 */
export function checkMetricsAccess(context: Context, token: string | undefined): void {
  if (isLoopback(addressOfContext(context))) return;
  const given = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (token === undefined || given === undefined || !timingSafeEqual(digestOf(given), digestOf(token))) {
    throw new MetricsRefusedError();
  }
}

/** Of equal length whatever was given, so that comparing takes the same time. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
