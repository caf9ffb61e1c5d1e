import { TributaryError } from '#sdk/protocol/problem';

/** Milliseconds for which a node that has had enough is left alone, where it does not say, and at most. */
const usualWait = 1_000;
const longestWait = 60_000;

/** Why a node did not answer. */
export interface Refusal {
  /** In few words, without the address of the node, which may hold a key. */
  readonly reason: string;
  /** Milliseconds for which it wants to be left alone; 0 where that is not the reason. */
  readonly wait: number;
}

/** The node answers that it has had enough, by the status of HTTP. */
class TooManyRequestsError extends TributaryError {
  readonly code = 'too-many-requests';
  readonly title = 'The node has had enough';
  override readonly status = 503;
  /** Milliseconds. */
  readonly wait: number;

  constructor(wait: number) {
    super(`the node has had enough for ${String(wait / 1_000)} seconds`);
    this.wait = wait;
  }
}

/**
 * Looks at an answer over HTTP before anybody reads its body, which may be anything.
 *
 * @throws TooManyRequestsError where it is 429, or 503 with Retry-After.
 */
export async function refuseTooManyRequests({ status, headers, body }: Response): Promise<void> {
  const after = headers.get('retry-after');
  if (status !== 429 && (status !== 503 || after === null)) return;
  await body?.cancel();
  throw new TooManyRequestsError(secondsOf(after) ?? usualWait);
}

/** Reads the error of a JSON-RPC request: what HTTP says, and what nodes say with codes such as -32005 or -32029. */
export function refusalOf(error: unknown): Refusal {
  let wait = 0;
  for (const cause of causesOf(error)) {
    if (cause instanceof TooManyRequestsError)
      return { reason: cause.message, wait: Math.min(cause.wait, longestWait) };
    const { code, data, shortMessage, details, message } = cause as unknown as Record<string, unknown>;
    const said = [shortMessage, details, message].filter((part) => typeof part === 'string').join(' ');
    const limited = /rate.?limit|too many requests|per second|capacity|throughput|throttl/i.test(said);
    if (code === -32_029 || (limited && typeof code === 'number')) wait = Math.max(wait, backoffOf(data) ?? usualWait);
  }
  return { reason: reasonOf(error), wait: Math.min(wait, longestWait) };
}

/** An error and what caused it, a few deep. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 5; cause = cause.cause) causes.push(cause);
  return causes;
}

/** Retry-After: seconds, or a date. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const time = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(time) ? Math.max(0, time) : undefined;
}

/** Some say it in the error's data: {"rate": {"backoff_seconds": 30}}. */
function backoffOf(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('rate' in data)) return undefined;
  const { rate } = data;
  if (typeof rate !== 'object' || rate === null || !('backoff_seconds' in rate)) return undefined;
  const seconds = Number(rate.backoff_seconds);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof TributaryError) return error.message;
  if (error instanceof Error && 'shortMessage' in error && typeof error.shortMessage === 'string') {
    const details = 'details' in error && typeof error.details === 'string' ? ` ${error.details}` : '';
    return (error.shortMessage + details).replace(/(?:https?|wss?):\/\/\S+/g, 'the chain').slice(0, 300);
  }
  return 'the request failed';
}
