import * as z from 'zod';
import { eraChangeJsonSchema } from './era-change.ts';
import { grantSchema } from './grant.ts';
import { addressSchema, millisecondsSchema } from './primitives.ts';
import { problemSchema } from './problem.ts';
import { sessionChallengeSchema, sessionRequestSchema, sessionTokenSchema } from './session.ts';

/**
 * Text messages of the broker's WebSocket (whitepaper 2.4.4). Events themselves travel in binary frames, see frame.ts.
 * Every message is a JSON object with a type.
 */

const id = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const partition = z.int().min(0).max(1023);
const offset = z.int().min(0);

/** Where a subscription begins. Absent: with the next event. */
export const startSchema = z.union([
  z.object({ offset }),
  z.object({ timestamp: millisecondsSchema }),
  z.object({ last: z.int().min(1).max(10_000) })
]);
export type Start = z.infer<typeof startSchema>;

export const clientMessageSchema = z.discriminatedUnion('type', [
  /** Opens a session for an account: an EIP-4361 message that contains the challenge's nonce, and its signature. */
  z.object({ type: z.literal('authenticate'), id, ...sessionRequestSchema.shape }),
  /** Goes on with a session that was opened on another connection, with another broker of the market, or over HTTP. */
  z.object({ type: z.literal('resume'), id, token: sessionTokenSchema }),
  /** Subscribes to one partition; with a licensee, its grants are sent too, now and as they are issued. */
  z.object({
    type: z.literal('subscribe'),
    id,
    stream: addressSchema,
    partition: partition.default(0),
    from: startSchema.optional(),
    licensee: addressSchema.optional()
  }),
  z.object({ type: z.literal('unsubscribe'), id })
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const serverMessageSchema = z.discriminatedUnion('type', [
  /** First message on every connection. */
  z.object({ type: z.literal('challenge'), ...sessionChallengeSchema.shape }),
  /** The session stands until a time (Unix milliseconds); its token opens it elsewhere too, see session.ts. */
  z.object({
    type: z.literal('authenticated'),
    id,
    account: addressSchema,
    token: sessionTokenSchema,
    until: millisecondsSchema
  }),
  /** The subscription stands; `next` is the offset that follows the newest stored event. */
  z.object({ type: z.literal('subscribed'), id, stream: addressSchema, partition, next: offset }),
  /** Events from offset `from` up to `first` were removed by the stream's retention: what follows begins at `first`. */
  z.object({ type: z.literal('removed'), id, from: offset, first: offset }),
  /** History is through; what follows is live. */
  z.object({ type: z.literal('live'), id, next: offset }),
  z.object({ type: z.literal('unsubscribed'), id }),
  /** Answer to a publish frame, per event in order: its offset, or why it was refused. */
  z.object({
    type: z.literal('acknowledged'),
    id,
    results: z.array(z.union([z.object({ offset }), z.object({ problem: problemSchema })]))
  }),
  z.object({ type: z.literal('grant'), grant: grantSchema }),
  /** A new era of the stream for all who hold a running licence; sent with grants. */
  z.object({ type: z.literal('era-change'), eraChange: eraChangeJsonSchema }),
  /** The connection reads too slowly: it is cut when `buffered` bytes reach `limit`. */
  z.object({ type: z.literal('slow'), buffered: z.int(), limit: z.int() }),
  /** A refusal; with an id, of the message with this id. */
  z.object({ type: z.literal('problem'), id: id.optional(), problem: problemSchema })
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
