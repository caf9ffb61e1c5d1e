import { BaseError, encodeAbiParameters, getAbiItem, keccak256 } from 'viem';
import type { ContractFunctionArgs } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { addressSchema, bytes32Schema } from './primitives.ts';
import type { Address, Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';
import { settlementNumber, settlementOfNumber } from './settlement.ts';
import type { Settlement } from './settlement.ts';

/** All that an offer promises, as the DataLicense contract takes it; see IOffers.Offer. */
export interface Offer {
  readonly seller: Address;
  /** Chosen by the seller; 96 bits. */
  readonly productNumber: bigint;
  /** Receives what the seller earns. */
  readonly beneficiary: Address;
  /** DATAcoin wei; 0n is a free product, which is settled at once. */
  readonly pricePerSecond: bigint;
  /** Seconds that a purchase must at least add. */
  readonly minimumPeriod: number;
  /** Seconds from the purchase within which a licence must end. */
  readonly maximumPeriod: number;
  /** Seconds; licences end at Unix times that are multiples of it. */
  readonly boundary: number;
  /** Hundredths of a per cent of every payment that go to the treasury, rounded up. */
  readonly feeBasisPoints: number;
  readonly settlement: Settlement;
  /** Settled by events: counts them. Otherwise the zero address. */
  readonly oracle: Address;
  /** Settled by events: events promised in every deliveryPeriod. Otherwise 0n. */
  readonly events: bigint;
  /** Settled by events: seconds in which so many events are promised. Otherwise 0. */
  readonly deliveryPeriod: number;
  /** EAS schema of the attestation that a licensee must have; zero demands none. */
  readonly attestationSchema: Hex;
  /** SHA-256 of the terms of use. */
  readonly termsHash: Hex;
  /** Whose attestations count, strictly ascending; empty where none is demanded. */
  readonly attesters: readonly Address[];
  /** Streams that the licence opens, strictly ascending. */
  readonly streams: readonly Address[];
}

/** An offer as viem encodes it for the contract and decodes it from its events. */
export type ContractOffer = ContractFunctionArgs<typeof dataLicenseAbi, 'pure', 'offerIdOf'>[0];

/** A value that the offer's contract cannot hold. */
export class OfferInvalidError extends TributaryError {
  readonly code = 'offer-invalid';
  readonly title = 'The offer is not valid';
}

/** The offer as an argument of the contract: the settlement as its number. */
export function contractOffer(offer: Offer): ContractOffer {
  return { ...offer, settlement: settlementNumber(offer.settlement) };
}

/** The offer that an event of the contract carries (OfferListed), in lowercase. */
export function offerOfContract(offer: ContractOffer): Offer {
  return {
    ...offer,
    seller: addressSchema.parse(offer.seller),
    beneficiary: addressSchema.parse(offer.beneficiary),
    settlement: settlementOfNumber(offer.settlement),
    oracle: addressSchema.parse(offer.oracle),
    attestationSchema: bytes32Schema.parse(offer.attestationSchema),
    termsHash: bytes32Schema.parse(offer.termsHash),
    attesters: offer.attesters.map((attester) => addressSchema.parse(attester)),
    streams: offer.streams.map((stream) => addressSchema.parse(stream))
  };
}

/**
 * The id of an offer: keccak-256 of its ABI encoding with the last byte zero, as `DataLicense.offerIdOf` gives it.
 *
 * @throws {@link OfferInvalidError} where a field does not fit the contract's type.
 */
export function offerIdOf(offer: Offer): Hex {
  const { inputs } = getAbiItem({ abi: dataLicenseAbi, name: 'offerIdOf' });
  try {
    return `${keccak256(encodeAbiParameters(inputs, [contractOffer(offer)])).slice(0, -2)}00` as Hex;
  } catch (cause) {
    if (!(cause instanceof BaseError || cause instanceof RangeError)) throw cause;
    throw new OfferInvalidError('Correct the offer: one of its fields does not fit the contract.', { cause });
  }
}

/**
 * The id of a product: the seller's address followed by the product number in 12 bytes.
 *
 * @throws {@link OfferInvalidError} where the number does not fit 96 bits.
 */
export function productIdOf(seller: Address, number: bigint): Hex {
  if (number < 0n || number >= 2n ** 96n) throw new OfferInvalidError('Choose a product number from 0 to 2^96 - 1.');
  return `${seller.toLowerCase()}${number.toString(16).padStart(24, '0')}` as Hex;
}
