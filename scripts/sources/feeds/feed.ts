import { TributaryError } from '#sdk/protocol/problem';

/** What one event says. */
export type Content = Readonly<Record<string, unknown>>;

/** Where the events of a stream come from. */
export interface Feed {
  /**
   * Some real contents, to show buyers what the data look like.
   *
   * @throws {@link SourceSilentError} when the source does not answer.
   */
  sample(signal: AbortSignal): Promise<readonly Content[]>;
  /**
   * Emits contents as they happen, those that are there at once in one call, until aborted.
   *
   * @throws {@link SourceSilentError} when the source stops answering; whoever runs it tries again later.
   */
  run(emit: (...contents: readonly Content[]) => void, signal: AbortSignal): Promise<void>;
}

/** A source does not answer, or says something else than it used to. */
export class SourceSilentError extends TributaryError {
  readonly code = 'source-silent';
  readonly title = 'The source does not answer';
  override readonly status = 503;

  constructor(url: string, reason: string, cause?: unknown) {
    super(`${url}: ${reason}. It is tried again later.`, { cause });
  }
}

/** Why something failed, the cause of the cause included, since fetch says only "fetch failed" itself. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
