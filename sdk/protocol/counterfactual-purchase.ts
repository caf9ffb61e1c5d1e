import { encodeAbiParameters, getContractAddress, getCreate2Address, keccak256, parseAbiParameters } from 'viem';
import type { ContractFunctionArgs } from 'viem';
import * as z from 'zod';
import type { counterfactualPurchaseFactoryAbi } from '#contracts/generated/counterfactualPurchaseFactory';
import { addressSchema, bytes32Schema, secondsSchema, weiSchema } from './primitives.ts';
import type { Address, Hex } from './primitives.ts';

/**
 * What an address that is paid for one purchase commits to (ICounterfactualPurchaseFactory.Terms), as plain JSON.
 * Whoever pays such an address checks these first: nobody else does.
 */
export const purchaseTermsSchema = z.object({
  offerId: bytes32Schema,
  /** Who may read. */
  licensee: addressSchema,
  /** Where the offer stands among the offers of its first stream. */
  position: z.int().min(0),
  /** Unix seconds at which the licence ends. */
  until: secondsSchema,
  /** X25519 public key to which grants are sealed. */
  publicKey: bytes32Schema,
  /** EAS uid of the licensee's attestation; zero where the offer demands none. */
  attestation: bytes32Schema,
  /** DATAcoin wei to pay: the most that the licence may cost. */
  amount: weiSchema,
  /** Receives what is too much, or everything where the licence cannot be bought any more. */
  refundTo: addressSchema
});
export type PurchaseTerms = z.infer<typeof purchaseTermsSchema>;

/** The terms as viem encodes them for the contract. */
export type ContractTerms = ContractFunctionArgs<typeof counterfactualPurchaseFactoryAbi, 'nonpayable', 'settle'>[0];

/** The terms as an argument of the contract. */
export function contractTerms(terms: PurchaseTerms): ContractTerms {
  const { offerId, licensee, position, until, publicKey, attestation, amount, refundTo } = terms;
  return {
    offerId,
    licensee,
    purchase: { position: BigInt(position), until: BigInt(until), publicKey, attestation },
    amount: BigInt(amount),
    refundTo
  };
}

const encodedTerms = parseAbiParameters('bytes32, address, uint256, uint256, bytes32, bytes32, uint256, address');

/**
 * The address to pay for exactly these terms, as `CounterfactualPurchaseFactory.addressOf` gives it, computed without
 * asking anybody: CREATE2 of an ERC-1167 clone, under the hash of the terms, of the first contract that the factory
 * created.
 *
 * @param factory - CounterfactualPurchaseFactory of the market's deployment.
 */
export function purchaseAddressOf(factory: Address, terms: PurchaseTerms): Address {
  const { offerId, licensee, position, until, publicKey, attestation, amount, refundTo } = terms;
  const implementation = getContractAddress({ from: factory, nonce: 1n }).slice(2).toLowerCase();
  const creation: Hex = `0x3d602d80600a3d3981f3363d3d373d3d3d363d73${implementation}5af43d82803e903d91602b57fd5bf3`;
  const salt = keccak256(
    encodeAbiParameters(encodedTerms, [
      offerId,
      licensee,
      BigInt(position),
      BigInt(until),
      publicKey,
      attestation,
      BigInt(amount),
      refundTo
    ])
  );
  return addressSchema.parse(getCreate2Address({ from: factory, salt, bytecode: creation }));
}
