import type { TypedDataDomain } from 'viem';
import { authorizationNonceOf } from './authorization.ts';
import type { PurchaseAuthorization } from './authorization.ts';
import type { Address, Hex } from './primitives.ts';

/** EIP-712 type of the payment that a buyer signs for a relayed purchase (ERC-3009). */
export const receiveWithAuthorizationTypes = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' }
  ]
} as const;

/** What the buyer agrees to, before it has signed. */
export type UnsignedPurchase = Omit<PurchaseAuthorization, 'signature'>;

/** The message of that type, which pays DataLicense for exactly one purchase: offer, end and key are in the nonce. */
export interface PurchaseMessage {
  readonly from: Address;
  readonly to: Address;
  readonly value: bigint;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly nonce: Hex;
}

/**
 * What a buyer signs so that anybody can carry the purchase to the chain (DataLicense.buyWithAuthorization).
 *
 * @param domain - EIP-712 domain of the token.
 * @param license - DataLicense of the market's deployment.
 */
export function purchaseTypedData(domain: TypedDataDomain, license: Address, purchase: UnsignedPurchase) {
  const { offerId, buyer, until, publicKey, attestation, value, validAfter, validBefore } = purchase;
  const message: PurchaseMessage = {
    from: buyer,
    to: license,
    value: BigInt(value),
    validAfter: BigInt(validAfter),
    validBefore: BigInt(validBefore),
    nonce: authorizationNonceOf(offerId, buyer, { until: BigInt(until), publicKey, attestation })
  };
  return { domain, types: receiveWithAuthorizationTypes, primaryType: 'ReceiveWithAuthorization', message } as const;
}
