import { BaseError, encodeAbiParameters, getAbiItem, keccak256 } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Address, Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';

/** All that an offer promises, as the DataLicense contract takes it; see IDataLicense.Offer. */
export interface Offer {
  readonly seller: Address;
  /** Chosen by the seller; 96 bits. */
  readonly productNumber: bigint;
  /** Receives the payment. */
  readonly beneficiary: Address;
  /** DATAcoin wei. */
  readonly pricePerSecond: bigint;
  /** Seconds that a purchase must at least add. */
  readonly minimumPeriod: number;
  /** Seconds; licences end at Unix times that are multiples of it. */
  readonly boundary: number;
  /** SHA-256 of the terms of use. */
  readonly termsHash: Hex;
  /** Streams that the licence opens, strictly ascending. */
  readonly streams: readonly Address[];
}

/** A value that the offer's contract cannot hold. */
export class OfferInvalidError extends TributaryError {
  readonly code = 'offer-invalid';
  readonly title = 'The offer is not valid';
}

/**
 * The id of an offer: keccak-256 of its ABI encoding with the last byte zero, as `DataLicense.offerIdOf` gives it.
 *
 * @throws {@link OfferInvalidError} where a field does not fit the contract's type.
 */
export function offerIdOf(offer: Offer): Hex {
  const { inputs } = getAbiItem({ abi: dataLicenseAbi, name: 'offerIdOf' });
  try {
    return `${keccak256(encodeAbiParameters(inputs, [offer])).slice(0, -2)}00` as Hex;
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

/**
 * The first possible end of a licence that shall run at least until `earliest`.
 *
 * @param earliest - Unix time in seconds.
 * @param boundary - The offer's boundary in seconds.
 * @returns Unix time in seconds: the smallest multiple of the boundary that is not before `earliest`.
 * @throws {@link OfferInvalidError} where the boundary is no positive whole number.
 */
export function endOnBoundary(earliest: number, boundary: number): number {
  if (!Number.isSafeInteger(boundary) || boundary < 1) {
    throw new OfferInvalidError('Give the boundary as a whole number of seconds, 1 or more.');
  }
  return Math.ceil(earliest / boundary) * boundary;
}

/**
 * What a purchase costs.
 *
 * @param pricePerSecond - The offer's price, DATAcoin wei.
 * @param from - Unix seconds at which the added range starts: now, or the end of the running licence.
 * @param until - Unix seconds at which the licence shall end.
 * @returns DATAcoin wei: the price of exactly these seconds.
 * @throws {@link OfferInvalidError} where the range runs backwards or its bounds are no whole seconds.
 */
export function priceOf(pricePerSecond: bigint, from: number, until: number): bigint {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(until) || until < from) {
    throw new OfferInvalidError('Give start and end in whole seconds, the end not before the start.');
  }
  return pricePerSecond * BigInt(until - from);
}
