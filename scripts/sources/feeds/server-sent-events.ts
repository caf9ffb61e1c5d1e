import { reasonOf, SourceSilentError } from './feed.ts';

/** Bytes that one message may have; a longer one is a source gone mad. */
const messageLimit = 1024 * 1024;
/** Milliseconds without a byte after which the source counts as silent. */
const silence = 60_000;

/**
 * Reads the data of server-sent events (WHATWG HTML, 9.2), until aborted.
 *
 * @throws {@link SourceSilentError} when the source does not answer, or ends.
 */
export async function* serverSentEvents(url: string, signal: AbortSignal, timeout: number): AsyncGenerator<string> {
  const quiet = new AbortController();
  let timer = setTimeout(() => {
    quiet.abort();
  }, timeout);
  try {
    const answer = await fetch(url, {
      headers: { accept: 'text/event-stream', 'user-agent': 'Tributary demonstration source' },
      signal: AbortSignal.any([signal, quiet.signal])
    });
    if (!answer.ok || answer.body === null) throw new SourceSilentError(url, `HTTP status ${String(answer.status)}`);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        quiet.abort();
      }, silence);
      text += decoder.decode(chunk, { stream: true }).replaceAll('\r', '');
      if (text.length > messageLimit) throw new SourceSilentError(url, 'a message without end');
      let end: number;
      while ((end = text.indexOf('\n\n')) >= 0) {
        const data = dataOf(text.slice(0, end));
        text = text.slice(end + 2);
        if (data !== '') yield data;
      }
    }
    throw new SourceSilentError(url, 'the connection ended');
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof SourceSilentError) throw error;
    throw new SourceSilentError(url, quiet.signal.aborted ? 'no answer in time' : reasonOf(error), error);
  } finally {
    clearTimeout(timer);
  }
}

function dataOf(message: string): string {
  const lines = message.split('\n').filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}
