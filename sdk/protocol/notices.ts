import type { TypedDataDefinition } from 'viem';
import * as z from 'zod';
import { addressSchema, bytes32Schema, hexSchema, hexUpTo, secondsSchema, weiSchema } from './primitives.ts';
import type { Address } from './primitives.ts';

/** What a market tells an account's own programs by itself, and who may ask for it. */

/** What a webhook may ask for. */
export const noticeKindSchema = z.enum([
  'purchase',
  'key.replaced',
  'license.expiring',
  'license.ended',
  'license.flagged',
  'offer.listed',
  'offer.changed',
  'offer.retired',
  'permission.changed',
  'attestation.changed',
  'search.match'
]);
export type NoticeKind = z.infer<typeof noticeKindSchema>;

const licenseShape = {
  /** Id of the licence: offer and licensee. */
  license: z.string(),
  offer: bytes32Schema,
  product: bytes32Schema,
  seller: addressSchema,
  licensee: addressSchema
};
const offerSchema = z.object({
  offer: bytes32Schema,
  product: bytes32Schema,
  seller: addressSchema,
  streams: z.array(addressSchema),
  /** DATAcoin wei. */
  pricePerSecond: weiSchema,
  /** SHA-256 of the product document. */
  documentHash: bytes32Schema
});

/** What each kind of notice says. */
const noticeData = {
  /** A licence was bought or renewed. */
  purchase: z.object({
    ...licenseShape,
    /** Hash of the transaction and index of the log. */
    purchase: z.string(),
    transactionHash: bytes32Schema,
    payer: addressSchema,
    from: secondsSchema,
    until: secondsSchema,
    /** DATAcoin wei. */
    paid: weiSchema,
    publicKey: hexSchema,
    renewal: z.boolean()
  }),
  /** A licensee has another key: keys are granted anew. */
  'key.replaced': z.object({ ...licenseShape, publicKey: hexSchema, until: secondsSchema }),
  /** A licence ends within the webhook's lead. */
  'license.expiring': z.object({ ...licenseShape, until: secondsSchema }),
  /** A licence ran out, or ended early. */
  'license.ended': z.object({
    ...licenseShape,
    how: z.enum(['EXPIRED', 'CANCELLED', 'REVOKED']),
    until: secondsSchema,
    /** DATAcoin wei that flow back. */
    refund: weiSchema,
    reasonHash: bytes32Schema.nullable()
  }),
  'license.flagged': z.object({ ...licenseShape, points: weiSchema, reasonHash: bytes32Schema }),
  'offer.listed': offerSchema,
  /** It names another product document. */
  'offer.changed': offerSchema,
  'offer.retired': offerSchema,
  'permission.changed': z.object({
    stream: addressSchema,
    /** 0x and zeros: everybody. */
    account: addressSchema,
    permission: z.string(),
    /** Unix seconds; 0 for one that was taken. */
    until: secondsSchema,
    grantor: addressSchema
  }),
  'attestation.changed': z.object({ account: addressSchema, attestation: bytes32Schema, valid: z.boolean() }),
  /** A product newly meets a saved search. */
  'search.match': z.object({
    /** Id and name of the search. */
    search: z.string(),
    searchName: z.string(),
    product: bytes32Schema,
    /** Of the product's document; null while that is not known. */
    name: z.string().nullable(),
    offer: bytes32Schema,
    seller: addressSchema,
    /** DATAcoin wei. */
    pricePerSecond: weiSchema
  }),
  /** A test that the owner asked for. */
  ping: z.object({ webhook: z.string() }),
  /** The chain took back what an earlier notice told, by a reorganisation: act as if that had never come. */
  retracted: z.object({
    /** `webhook-id` and type of the notice that is taken back, and what it said. */
    notice: z.string(),
    type: z.string(),
    data: z.record(z.string(), z.unknown())
  })
} as const;
export type NoticeType = keyof typeof noticeData;
export type NoticeData<Type extends NoticeType> = z.infer<(typeof noticeData)[Type]>;

function notice<Type extends NoticeType>(type: Type) {
  return z.object({
    type: z.literal(type),
    /** When it happened (ISO 8601), by the chain's clock where the chain says so. */
    timestamp: z.iso.datetime(),
    data: noticeData[type]
  });
}

/** The body of a webhook (Standard Webhooks 1.0.0, "Payload structure"). */
export const noticeSchema = z.discriminatedUnion('type', [
  notice('purchase'),
  notice('key.replaced'),
  notice('license.expiring'),
  notice('license.ended'),
  notice('license.flagged'),
  notice('offer.listed'),
  notice('offer.changed'),
  notice('offer.retired'),
  notice('permission.changed'),
  notice('attestation.changed'),
  notice('search.match'),
  notice('ping'),
  notice('retracted')
]);
export type Notice = z.infer<typeof noticeSchema>;

/**
 * What an account signs (EIP-712) to manage its webhooks and saved searches at a market for a while. Nothing is sent to
 * the chain and nothing is paid.
 *
 * @param market Origin under which the market is reached, so that another market cannot use the signature at this one.
 * @param expires Unix seconds until which the signature counts.
 */
export function noticeSessionTypedData(chainId: number, account: Address, market: string, expires: number) {
  return {
    domain: { name: 'Tributary', version: '1', chainId },
    types: {
      ManageNotices: [
        { name: 'account', type: 'address' },
        { name: 'market', type: 'string' },
        { name: 'expires', type: 'uint256' }
      ]
    },
    primaryType: 'ManageNotices',
    message: { account, market, expires: BigInt(expires) }
  } as const satisfies TypedDataDefinition;
}
/** Longest time for which such a signature, and the token that is given for it, counts; seconds. */
export const longestNoticeSession = 3_600;

/** POST /v1/notices/session: a token for the signature. The answer is a session (see session.ts). */
export const noticeSessionRequestSchema = z.object({
  account: addressSchema,
  /** As it was signed, such as "https://market.example". */
  market: z.url({ protocol: /^https?$/ }).max(300),
  expires: secondsSchema,
  /** By the account's key, or as its contract takes it (ERC-1271, ERC-6492). */
  signature: hexUpTo(8_192)
});
