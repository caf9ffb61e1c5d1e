import * as z from 'zod';
import { addressSchema, hexUpTo, millisecondsSchema } from './primitives.ts';

/** What a signature that opens a session is over: GET /v1/session of the broker, and the first WebSocket message. */
export const sessionChallengeSchema = z.object({
  /** Letters and digits that the message contains (EIP-4361). */
  nonce: z.string().regex(/^[0-9a-zA-Z]{8,128}$/),
  /** Host, and port if any, under which people reach the market. */
  domain: z.string().min(1).max(300),
  chainId: z.int().positive()
});
export type SessionChallenge = z.infer<typeof sessionChallengeSchema>;

/** Opens a session: POST /v1/session of the broker. */
export const sessionRequestSchema = z.object({
  /** The EIP-4361 message as it was signed; it contains the nonce of a challenge that is at most five minutes old. */
  message: z.string().max(4096),
  /** By the account's key, or as its contract takes it (ERC-1271, ERC-6492). */
  signature: hexUpTo(16 * 1024)
});

/** A bearer token (RFC 6750, 2.1). */
export const sessionTokenSchema = z
  .string()
  .max(512)
  .regex(/^[\w.~+/-]+=*$/);

/** A session: whoever brings its token speaks for the account until it ends. */
export const sessionSchema = z.object({
  account: addressSchema,
  token: sessionTokenSchema,
  /** Unix milliseconds. */
  until: millisecondsSchema
});
export type Session = z.infer<typeof sessionSchema>;
