import { z } from 'zod';
import { SourceSilentError } from './feed.ts';
import type { Content, Feed } from './feed.ts';
import { paced } from './paced.ts';
import { serverSentEvents } from './server-sent-events.ts';

/** What of a recent change is used: https://www.mediawiki.org/wiki/Manual:RCFeed. */
const changeSchema = z.object({
  type: z.string(),
  namespace: z.number(),
  title: z.string().max(500),
  user: z.string().max(300),
  bot: z.boolean(),
  minor: z.boolean().default(false),
  timestamp: z.number(),
  comment: z.string().default(''),
  server_name: z.string(),
  title_url: z.string().max(2000).optional(),
  length: z.object({ old: z.number().nullish(), new: z.number().nullish() }).optional()
});

/**
 * Edits of articles, as Wikimedia publishes them (https://stream.wikimedia.org), those of bots left out.
 *
 * @param url The stream of recent changes.
 * @param timeout Milliseconds within which it must answer.
 */
export function wikimediaEdits(url: string, timeout: number): Feed {
  async function* edits(signal: AbortSignal): AsyncGenerator<Content> {
    for await (const data of serverSentEvents(url, signal, timeout)) {
      const content = contentOf(data);
      if (content !== undefined) yield content;
    }
  }
  return {
    sample: async (signal) => {
      const contents: Content[] = [];
      for await (const content of edits(signal)) {
        contents.push(content);
        if (contents.length === 3) return contents;
      }
      throw new SourceSilentError(url, 'too few changes');
    },
    run: async (emit, signal) => {
      const emitPaced = paced(4, emit);
      for await (const content of edits(signal)) emitPaced(content);
    }
  };
}

function contentOf(data: string): Content | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // One broken message of a stream of thousands is no reason to leave it.
    return undefined;
  }
  const { data: change } = changeSchema.safeParse(value);
  if (change === undefined || change.bot || change.namespace !== 0) return undefined;
  if (change.type !== 'edit' && change.type !== 'new') return undefined;
  const { old: before, new: after } = change.length ?? {};
  return {
    wiki: change.server_name,
    title: change.title,
    user: change.user,
    kind: change.type,
    minor: change.minor,
    bytes: (after ?? 0) - (before ?? 0),
    comment: change.comment.slice(0, 200),
    editedAt: new Date(change.timestamp * 1000).toISOString(),
    ...(change.title_url === undefined ? {} : { url: change.title_url })
  };
}
