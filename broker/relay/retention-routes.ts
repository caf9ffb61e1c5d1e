import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { addressSchema } from '#sdk/protocol/primitives';
import { retentionSchema } from '#sdk/protocol/retention';
import { parseRequest, RequestTooLargeError } from '../http/problem-response.ts';
import { readJson } from './json-body.ts';
import { EditPermissionMissingError } from './refusals.ts';
import type { SessionParts } from './socket-session.ts';
import type { Retention } from './store/event-store.ts';

export interface RetentionRoutesParts extends Pick<SessionParts, 'sessions' | 'streams' | 'store'> {
  /** Counts a request of a network address. */
  readonly countRequest: MiddlewareHandler;
}

const parameter = z.object({ stream: addressSchema });
const bodyBytes = 1_024;

/** Without the fields that are absent. */
const boundsOf = ({ seconds, bytes }: z.infer<typeof retentionSchema>): Retention => ({
  ...(seconds !== undefined && { seconds }),
  ...(bytes !== undefined && { bytes })
});

/** HTTP of retention: how long a stream is kept, null where nothing was set and the broker's own bounds apply. */
export function createRetentionRoutes({ sessions, streams, store, countRequest }: RetentionRoutesParts): Hono {
  const app = new Hono();

  app.get('/v1/streams/:stream/retention', countRequest, async (context) => {
    const { stream } = parseRequest(parameter, context.req.param());
    return context.json(await store.retention(stream));
  });

  app.put(
    '/v1/streams/:stream/retention',
    countRequest,
    bodyLimit({
      maxSize: bodyBytes,
      onError: () => {
        throw new RequestTooLargeError(`Send at most ${String(bodyBytes)} bytes.`);
      }
    }),
    async (context) => {
      const { stream } = parseRequest(parameter, context.req.param());
      const account = await sessions.requireAccount(context);
      const wanted = parseRequest(retentionSchema.nullable(), await readJson(() => context.req.json()));
      if (!(await streams.holds(stream, account, 'edit'))) throw new EditPermissionMissingError(account, stream);
      const retention = wanted === null ? null : boundsOf(wanted);
      await store.setRetention(stream, retention);
      return context.json(retention);
    }
  );

  return app;
}
