import { encodeAbiParameters, keccak256, parseAbiParameters } from 'viem';
import * as z from 'zod';
import { addressSchema, bytes32Schema, hexUpTo, secondsSchema, weiSchema } from './primitives.ts';
import type { Address, Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';

/** A licence purchase as the contract takes it (ILicenses.Purchase). */
export interface Purchase {
  /** Where the offer stands among the offers of its first stream. */
  readonly position: bigint;
  /** Unix seconds at which the licence shall end. */
  readonly until: bigint;
  /** X25519 public key to which grants are sealed. */
  readonly publicKey: Hex;
  /** EAS uid of the licensee's attestation; zero where the offer demands none. */
  readonly attestation: Hex;
}

const signed = parseAbiParameters('bytes32, address, uint256, bytes32, bytes32');

/**
 * The ERC-3009 nonce with which a buyer authorises exactly one purchase, as `DataLicense.authorizationNonce` gives it:
 * keccak-256 of the ABI encoding of offer id, buyer, end, key and attestation. The position is not part of it: it only
 * tells the contract where the offer, which the id binds, stands.
 */
export function authorizationNonceOf(offerId: Hex, buyer: Address, purchase: Omit<Purchase, 'position'>): Hex {
  const { until, publicKey, attestation } = purchase;
  return keccak256(encodeAbiParameters(signed, [offerId, buyer, until, publicKey, attestation]));
}

/** A purchase that its buyer authorised (ERC-3009), as it travels to whoever carries it to the chain: plain JSON. */
export const authorizationSchema = z.object({
  offerId: bytes32Schema,
  /** Where the offer stands among the offers of its first stream; not signed. */
  position: z.int().min(0),
  until: secondsSchema,
  publicKey: bytes32Schema,
  attestation: bytes32Schema,
  buyer: addressSchema,
  /** The most that the buyer pays. */
  value: weiSchema,
  /** Unix seconds between which the authorisation holds. */
  validAfter: secondsSchema,
  validBefore: secondsSchema,
  /** 65 bytes r, s, v, or what the buyer's contract answers for (ERC-1271). */
  signature: hexUpTo(16_384)
});
export type PurchaseAuthorization = z.infer<typeof authorizationSchema>;

/** The authorisation is for another offer than the one at hand. */
export class OfferNotAuthorizedError extends TributaryError {
  readonly code = 'offer-not-authorized';
  readonly title = 'The buyer authorised another purchase';

  constructor(offerId: Hex, authorized: Hex) {
    super(`The buyer authorised a purchase of offer ${authorized}, not of ${offerId}. Carry it with that offer.`);
  }
}
