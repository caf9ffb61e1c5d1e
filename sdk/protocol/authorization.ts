import { encodeAbiParameters, keccak256, parseAbiParameters } from 'viem';
import type { Address, Hex } from './primitives.ts';

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
