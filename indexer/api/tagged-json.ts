import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { ServerEnvironment } from './environment.ts';

/**
 * Answers with JSON and its entity tag. The tag is the one that would be made of the bytes on their way out; made of the
 * text, it leaves the answer unread.
 */
export function taggedJson<Value extends object>(context: Context<ServerEnvironment>, value: Value) {
  const text = JSON.stringify(value);
  const headers = { 'Content-Type': 'application/json', ETag: `"${createHash('sha1').update(text).digest('hex')}"` };
  return context.body(text, 200, headers) as unknown as ReturnType<typeof context.json<Value, 200>>;
}
