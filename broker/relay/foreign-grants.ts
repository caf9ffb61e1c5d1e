import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { bytesOf } from '#sdk/protocol/binary';
import { type EraChange, eraChangeLimit } from '#sdk/protocol/era-change';
import { decodeEraChange, encodeEraChangeSignedPart } from '#sdk/protocol/era-change-encoding';
import { type Grant, grantSchema } from '#sdk/protocol/grant';
import { encodeGrantSignedPart } from '#sdk/protocol/grant-sealing';
import { type Address, addressSchema, type Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { SignatureVerifier } from '#sdk/protocol/signature';
import type { StreamDirectory } from '../chain/streams.ts';
import { addressOfContext } from '../http/client-address.ts';
import { parseRequest, RequestInvalidError, RequestTooLargeError } from '../http/problem-response.ts';
import { UnsupportedMediaTypeError } from './http.ts';
import { type Rate, RateLimiter } from './rate-limit.ts';
import { createVerifiers } from './signature-verifiers.ts';

/** Where a broker keeps what issuers elsewhere hand in. */
export interface ForeignGrantsParts {
  readonly streams: Pick<StreamDirectory, 'findRunning' | 'ownUntil'>;
  readonly grants: { deliver(grant: Grant): Promise<void> };
  readonly eraChanges: { deliver(change: EraChange): Promise<void> };
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<ForeignGrantsLimits>;
}

/** Bounds of what is taken from issuers elsewhere. */
export interface ForeignGrantsLimits {
  /** Grants and bytes of one request. */
  readonly grants: number;
  readonly bytes: number;
  /** Requests of one network address. */
  readonly requestRate: Rate;
  /** Grants, and era changes, of one issuer on one stream, counted once its signature is known to be its own. */
  readonly grantRate: Rate;
  readonly eraChangeRate: Rate;
}

const usualLimits: ForeignGrantsLimits = {
  grants: 256,
  bytes: 2 * 1024 * 1024,
  requestRate: { burst: 200, perSecond: 25 },
  grantRate: { burst: 50_000, perSecond: 1_000 },
  eraChangeRate: { burst: 30, perSecond: 0.1 }
};

const streamParameter = z.object({ stream: addressSchema });

/** A grant or an era change is not from somebody who may hand out keys of the stream. */
export class IssuerNotAllowedError extends TributaryError {
  readonly code = 'issuer-not-allowed';
  readonly title = 'The issuer may not grant on this stream';
  override readonly status = 403;

  constructor(issuer: string, stream: string) {
    super(`${issuer} neither owns stream ${stream} nor holds a Grant permission of its own. Give it that permission.`);
  }
}

/** A grant or an era change is for another stream, empty, or not signed by whom it names. */
export class SealedInvalidError extends TributaryError {
  readonly code = 'sealed-invalid';
  readonly title = 'The grant or era change is not valid';
}

/**
 * Routes by which issuers of their own, such as a seller's program, hand in what they issued. Whoever carries it does not
 * matter: grants and era changes are signed by their issuer, who must own the stream or hold its Grant permission on the
 * chain. Handing in the same again changes nothing.
 */
export function createForeignGrantRoutes(parts: ForeignGrantsParts): Hono {
  const app = new Hono();
  const limits = { ...usualLimits, ...parts.limits };
  const [verifier] = createVerifiers().table;
  const requests = new RateLimiter('address', limits.requestRate);
  const grantRates = new RateLimiter('issuer', limits.grantRate);
  const eraChangeRates = new RateLimiter('issuer', limits.eraChangeRate);

  const limited = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: () => {
        throw new RequestTooLargeError(`Send at most ${String(maxSize)} bytes at once.`);
      }
    });

  /** Whether the issuer may speak for the stream, by the chain as it stands. */
  const checkIssuer = async (stream: Address, issuer: Address): Promise<void> => {
    if ((await parts.streams.ownUntil(stream, issuer, 'grant')) <= parts.clock() / 1000) {
      throw new IssuerNotAllowedError(issuer, stream);
    }
  };

  const checkRange = (stream: Address, sealed: Pick<Grant, 'stream' | 'fromSlot' | 'untilSlot'>): void => {
    if (sealed.stream !== stream) throw new SealedInvalidError(`It is for stream ${sealed.stream}: hand it in there.`);
    if (sealed.fromSlot >= sealed.untilSlot) throw new SealedInvalidError('Its range of slots is empty.');
  };

  app.put('/v1/streams/:stream/grants', limited(limits.bytes), async (context) => {
    requests.take(addressOfContext(context));
    const { stream } = parseRequest(streamParameter, context.req.param());
    const body = z.object({ grants: z.array(grantSchema).min(1).max(limits.grants) });
    const json: unknown = await context.req.json().catch(() => {
      throw new RequestInvalidError('The body is not JSON.');
    });
    const { grants } = parseRequest(body, json);
    await parts.streams.findRunning(stream);
    for (const issuer of new Set(grants.map((grant) => grant.issuer))) await checkIssuer(stream, issuer);
    // All before any is kept: somebody who sends others' names gets no further than one signature.
    for (const grant of grants) {
      checkRange(stream, grant);
      const { signature, ...unsigned } = grant;
      if (!isSigned(verifier, grant.issuer, () => encodeGrantSignedPart(unsigned), signature)) {
        throw new SealedInvalidError(`The signature of a grant is not one of ${grant.issuer}. Nothing was taken.`);
      }
    }
    for (const grant of grants) {
      grantRates.take(`${stream} ${grant.issuer}`);
      await parts.grants.deliver(grant);
    }
    return context.body(null, 204);
  });

  app.put('/v1/streams/:stream/era-changes', limited(eraChangeLimit), async (context) => {
    requests.take(addressOfContext(context));
    const { stream } = parseRequest(streamParameter, context.req.param());
    if (context.req.header('content-type') !== 'application/octet-stream') {
      throw new UnsupportedMediaTypeError('Send one era change in its binary form, as application/octet-stream.');
    }
    await parts.streams.findRunning(stream);
    const change = decodeEraChange(new Uint8Array(await context.req.arrayBuffer()));
    checkRange(stream, change);
    await checkIssuer(stream, change.issuer);
    const { signature, ...unsigned } = change;
    if (!isSigned(verifier, change.issuer, () => encodeEraChangeSignedPart(unsigned), signature)) {
      throw new SealedInvalidError(`The signature is not one of ${change.issuer}.`);
    }
    eraChangeRates.take(`${stream} ${change.issuer}`);
    await parts.eraChanges.deliver(change);
    return context.body(null, 204);
  });

  return app;
}

function isSigned(
  verifier: SignatureVerifier | undefined,
  issuer: Address,
  payload: () => Uint8Array,
  signature: Hex
): boolean {
  try {
    return verifier?.verify(payload(), bytesOf(signature), issuer, { timestamp: 0 }) === true;
  } catch (error) {
    // Fields that no encoding has.
    if (error instanceof TributaryError) return false;
    throw error;
  }
}
