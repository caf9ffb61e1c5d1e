import * as z from 'zod';
import { addressSchema, bytes32Schema, hexSchema, secondsSchema, weiSchema } from '#sdk/protocol/primitives';
import { earlyEnds } from '../schema/licenses.ts';
import { karmaRoles } from '../schema/reputation.ts';
import { permissionKinds } from '../schema/streams.ts';

const license = {
  /** Id of the licence: offer and licensee. */
  license: z.string().max(120),
  offer: bytes32Schema,
  product: bytes32Schema,
  seller: addressSchema,
  licensee: addressSchema
};
const offer = {
  offer: bytes32Schema,
  product: bytes32Schema,
  seller: addressSchema,
  streams: z.array(addressSchema),
  /** Wei per second. */
  pricePerSecond: weiSchema,
  /** SHA-256 of the product document. */
  documentHash: bytes32Schema
};
const positionSchema = z.int().min(0);

/** Messages by their kind, with what each of them says. Times are Unix seconds, amounts wei in decimal digits. */
const payloads = {
  /** A licence was bought or renewed, and needs keys. */
  purchased: z.object({
    ...license,
    /** Id of the purchase: hash of its transaction and index of its log. */
    purchase: z.string().max(80),
    transactionHash: bytes32Schema,
    payer: addressSchema,
    from: secondsSchema,
    until: secondsSchema,
    paid: weiSchema,
    publicKey: hexSchema,
    /** Whether the licensee had bought this offer before. */
    renewal: z.boolean()
  }),
  /** A licensee has another key, for which keys must be granted anew. */
  keyReplaced: z.object({ ...license, publicKey: hexSchema, until: secondsSchema }),
  /** A licence was cancelled or revoked. */
  licenseEnded: z.object({
    ...license,
    how: z.enum(earlyEnds),
    until: secondsSchema,
    /** What the event says flows back. */
    refund: weiSchema,
    reasonHash: bytes32Schema.nullable()
  }),
  /** A licence ends soon: told a day, an hour and five minutes ahead of each end that is still to come. */
  licenseExpiring: z.object({
    ...license,
    until: secondsSchema,
    /** Seconds ahead of the end at which this is told. */
    ahead: secondsSchema
  }),
  /** A licensee flagged the seller. */
  licenseFlagged: z.object({ ...license, points: weiSchema, reasonHash: bytes32Schema }),
  offerListed: z.object(offer),
  offerRetired: z.object(offer),
  /** An offer names another product document. */
  offerDescribed: z.object(offer),
  /** A right on a stream was given, changed or taken (`until` is then 0). */
  permissionChanged: z.object({
    stream: addressSchema,
    /** 0x and zeros: everybody. */
    account: addressSchema,
    permission: z.enum(permissionKinds),
    until: secondsSchema,
    grantor: addressSchema
  }),
  /** An account that may read a stream named a key for it. */
  recipientKeyRegistered: z.object({ stream: addressSchema, account: addressSchema, publicKey: hexSchema }),
  /** An account's karma in a role, as it is now. */
  karmaChanged: z.object({ account: addressSchema, role: z.enum(karmaRoles), units: weiSchema }),
  /** Something was attested of an account, or withdrawn. */
  attestationChanged: z.object({ account: addressSchema, attestation: bytes32Schema, valid: z.boolean() }),
  /** The content of a product document was found; undone by no reorganisation. */
  documentRead: z.object({ documentHash: bytes32Schema }),
  /** Every fact was forgotten, since the chain is another one or branched off too far back. All that was told is void. */
  indexEmptied: z.object({}),
  /** Facts up to this block are to be read from the tables; later ones are told one by one. */
  indexFilled: z.object({ block: positionSchema })
} as const;

export type MessageKind = keyof typeof payloads;

function message<Kind extends MessageKind>(kind: Kind) {
  return z.object({
    /** Grows from message to message; not without gaps. */
    position: positionSchema,
    kind: z.literal(kind),
    /** Block of the fact; null for what no block tells. */
    block: positionSchema.nullable(),
    /** Unix seconds: of the block, or of the writing. */
    time: secondsSchema,
    /** Ids and accounts that the message concerns, lowercase. */
    subjects: z.array(z.string()),
    payload: payloads[kind],
    /** Position of the message that this one takes back, since its block was undone; null for one that tells. */
    undoes: positionSchema.nullable()
  });
}

/** A row of the outbox: what every reader gets, and what may be sent on as JSON. */
export const outboxMessageSchema = z.discriminatedUnion('kind', [
  message('purchased'),
  message('keyReplaced'),
  message('licenseEnded'),
  message('licenseExpiring'),
  message('licenseFlagged'),
  message('offerListed'),
  message('offerRetired'),
  message('offerDescribed'),
  message('permissionChanged'),
  message('recipientKeyRegistered'),
  message('karmaChanged'),
  message('attestationChanged'),
  message('documentRead'),
  message('indexEmptied'),
  message('indexFilled')
]);
export type OutboxMessage = z.output<typeof outboxMessageSchema>;

type WithoutPlace<Message> = Message extends OutboxMessage ? Omit<Message, 'position' | 'subjects' | 'undoes'> : never;
/** A message before it has a place in the outbox. */
export type NewMessage = WithoutPlace<OutboxMessage>;

/** Fields whose values are ids or accounts that somebody may wait for. */
const subjectFields = new Set([
  'license',
  'offer',
  'product',
  'seller',
  'licensee',
  'payer',
  'purchase',
  'stream',
  'streams',
  'account',
  'grantor',
  'attestation',
  'documentHash'
]);

/** Ids and accounts in a message, each once. */
export function subjectsOf({ payload }: NewMessage): string[] {
  const found = Object.entries(payload as Record<string, unknown>).flatMap(([field, value]) =>
    subjectFields.has(field) ? [value].flat() : []
  );
  return [...new Set(found.map(String))];
}
