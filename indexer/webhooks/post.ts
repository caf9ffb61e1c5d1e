import { signWebhook, webhookHeaders } from '#sdk/protocol/webhook-signature';
import { PublicFetchError, requestPublic } from '../http/public-request.ts';

/** Milliseconds that a receiver may take, and bytes of its answer that are read. */
const patience = 10_000;
const answerLimit = 4_096;
/** The longest that a receiver can ask us to wait. */
const longestWait = 3_600_000;

export interface Post {
  readonly url: string;
  readonly secret: string;
  /** `webhook-id`. */
  readonly id: string;
  readonly body: string;
  /** Unix milliseconds. */
  readonly now: number;
  readonly loopbackPort?: number | undefined;
  readonly signal: AbortSignal;
}

export interface PostOutcome {
  readonly arrived: boolean;
  /** HTTP status; null where nothing answered. */
  readonly status: number | null;
  /** What went wrong, for the owner; null where it arrived. */
  readonly error: string | null;
  /** Milliseconds that the receiver asks to wait; null where it does not. */
  readonly retryAfter: number | null;
}

/** Posts a notice once, signed as Standard Webhooks 1.0.0 has it. Never throws for what the receiver does. */
export async function postNotice({ url, secret, id, body, now, loopbackPort, signal }: Post): Promise<PostOutcome> {
  const { hostname, pathname, search } = new URL(url);
  const timestamp = Math.floor(now / 1_000);
  const headers = {
    'content-type': 'application/json',
    [webhookHeaders.id]: id,
    [webhookHeaders.timestamp]: String(timestamp),
    [webhookHeaders.signature]: await signWebhook(secret, { id, timestamp, body })
  };
  try {
    const { status, headers: answered } = await requestPublic({
      ...{ method: 'POST', domain: hostname, path: pathname + search, headers, body },
      ...{ loopbackPort, patience, limit: answerLimit, signal }
    });
    if (status >= 200 && status < 300) return { arrived: true, status, error: null, retryAfter: null };
    const moved = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
    const error = `It answered with status ${String(status)}.${moved}`;
    return { arrived: false, status, error, retryAfter: waitOf(answered['retry-after'], now) };
  } catch (error) {
    if (!(error instanceof PublicFetchError)) throw error;
    return { arrived: false, status: null, error: error.message.slice(0, 300), retryAfter: null };
  }
}

/** The header Retry-After, as seconds or as a date -> milliseconds. */
function waitOf(header: string | string[] | undefined, now: number): number | null {
  if (typeof header !== 'string') return null;
  const wait = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(wait) && wait > 0 ? Math.min(wait, longestWait) : null;
}
