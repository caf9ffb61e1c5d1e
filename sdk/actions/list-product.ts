import type { TransactionReceipt } from 'viem';
import { encodeFunctionData, zeroAddress, zeroHash } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import { addressSchema, bytes32Schema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { productDocumentSchema } from '../protocol/product-document.ts';
import { isSettledByEvents } from '../protocol/settlement.ts';
import type { Settlement } from '../protocol/settlement.ts';
import type { ProductDocumentInput } from './product-document-input.ts';
import type { Market } from './connect-market.ts';
import { DocumentInvalidError } from './document-errors.ts';
import { DeliveryOracleMissingError, DeliveryTermsMissingError } from './listing-errors.ts';
import { eventOf, sendCall } from './send-call.ts';
import { assertChain } from './send-transaction.ts';
import type { TransactionStep, Wallet } from './send-transaction.ts';
import { translateOfferError } from './translate-offer-error.ts';
import { uploadDocument } from './upload-document.ts';

export interface ListProductParameters {
  readonly market: Market;
  /** The seller: owns every stream, or holds its Grant permission. */
  readonly wallet: Wallet;
  /** The terms of use, as every buyer accepts them. */
  readonly terms: string;
  /** Describes the product and, per stream, its events. The streams that it names are the ones that are sold. */
  readonly document: ProductDocumentInput;
  /** DATAcoin wei per second; 0n is a free product. */
  readonly pricePerSecond: bigint;
  /** Seconds that a purchase must at least add; the boundary unless said otherwise. */
  readonly minimumPeriod?: number;
  /** Seconds; licences end at multiples of it. An hour unless said otherwise, a minute for micro-licences. */
  readonly boundary?: number;
  /**
   * Seconds from the purchase within which a licence must end, at most five years; a year unless said otherwise, and at
   * least the minimum period and the boundary together.
   */
  readonly maximumPeriod?: number;
  /** When payments become the seller's own; at once unless said otherwise. */
  readonly settlement?: Settlement;
  /** What is promised where payments are settled by events. */
  readonly delivery?: DeliveryTerms;
  /** The attestation that every licensee must have; none unless said otherwise. */
  readonly requires?: AttestationRequirement;
  /** Receives what is earned; the seller unless said otherwise. */
  readonly beneficiary?: Address;
  /** Names the product among the seller's; give it again to list a new version. Random unless said otherwise. */
  readonly productNumber?: bigint;
  /** The version that this one replaces: it is taken off sale in the same transaction, and names the product. */
  readonly replaces?: { readonly offer: Offer; readonly position: number };
  readonly onStep?: (step: ListProductStep) => void;
}
export interface DeliveryTerms {
  /** Events promised in every period. */
  readonly events: bigint;
  /** Seconds; settled after events, a multiple of the boundary. */
  readonly period: number;
  /** Who counts them; the market's own oracle unless said otherwise. */
  readonly oracle?: Address;
}
export interface AttestationRequirement {
  /** EAS schema. */
  readonly schema: Hex;
  /** Whose attestations count, 1 to 8. */
  readonly attesters: readonly Address[];
}
/** The two documents are stored first, then the offer is listed. */
export type ListProductStep = { readonly step: 'uploading' } | TransactionStep;
export interface ListProductReturnType {
  readonly offer: Offer;
  readonly offerId: Hex;
  readonly productId: Hex;
  /** Where the offer stands among those of its first stream; buying asks for it. */
  readonly position: number;
  readonly termsCid: string;
  readonly documentCid: string;
  readonly transactionHash: Hex;
}

/**
 * Puts streams on sale: stores terms and product document, and lists the offer that names both by hash.
 *
 * @throws {@link DocumentInvalidError}, {@link DeliveryTermsMissingError}, {@link DeliveryOracleMissingError},
 * {@link OfferRetiredError} when the version to replace is not on sale, as
 * {@link uploadDocument} and as {@link sendTransaction}.
 *
 * @example
 * const { productId } = await listProduct({
 *   market,
 *   wallet,
 *   terms: 'You may use the data for yourself. Do not pass it on.',
 *   document: { name: 'Bus positions', summary: 'Where every bus is.', category: 'transport', streams: [{ address: stream }] },
 *   pricePerSecond: parseEther('0.5') / 3600n,
 *   settlement: 'by-second'
 * });
 */
export async function listProduct(parameters: ListProductParameters): Promise<ListProductReturnType> {
  const { market, wallet, replaces, onStep } = parameters;
  const seller = addressSchema.parse(wallet.account.address);
  await assertChain(market, wallet);
  const settled = settlementTerms(parameters);
  onStep?.({ step: 'uploading' });
  const document = readDocument(parameters.document);
  const terms = await uploadDocument({ market, document: parameters.terms });
  const described = await uploadDocument({ market, document: JSON.stringify(document) });
  const offer: Offer = {
    seller,
    productNumber: parameters.productNumber ?? replaces?.offer.productNumber ?? randomNumber(),
    beneficiary: addressSchema.parse(parameters.beneficiary ?? seller),
    pricePerSecond: parameters.pricePerSecond,
    ...periodsOf(parameters),
    feeBasisPoints: market.deployment.feeBasisPoints,
    ...settled,
    attestationSchema: parameters.requires?.schema ?? zeroHash,
    termsHash: terms.hash,
    attesters: ascending(parameters.requires?.attesters ?? []),
    streams: document.streams.map(({ address }) => address)
  };
  const listing = { functionName: 'list', args: [contractOffer(offer), described.hash] } as const;
  const target = { market, wallet, to: market.deployment.contracts.DataLicense, abi: dataLicenseAbi, onStep };
  let receipt: TransactionReceipt;
  if (replaces === undefined) receipt = await sendCall({ ...target, ...listing });
  else {
    const args = [contractOffer(replaces.offer), BigInt(replaces.position)] as const;
    const calls = [
      encodeFunctionData({ abi: dataLicenseAbi, functionName: 'retire', args }),
      encodeFunctionData({ abi: dataLicenseAbi, ...listing })
    ];
    receipt = await sendCall({ ...target, functionName: 'multicall', args: [calls] }).catch((error: unknown) => {
      throw translateOfferError(error, replaces.offer);
    });
  }
  const { args } = eventOf(dataLicenseAbi, 'OfferListed', receipt);
  return {
    offer,
    offerId: bytes32Schema.parse(args.offerId),
    productId: bytes32Schema.parse(args.productId),
    position: Number(args.position),
    termsCid: terms.cid,
    documentCid: described.cid,
    transactionHash: receipt.transactionHash
  };
}

const year = 31_536_000;

function periodsOf({ boundary = 3600, minimumPeriod = boundary, maximumPeriod }: ListProductParameters) {
  return { minimumPeriod, maximumPeriod: maximumPeriod ?? Math.max(year, minimumPeriod + boundary), boundary };
}

function settlementTerms({ market, settlement = 'at-once', delivery }: ListProductParameters) {
  if (!isSettledByEvents(settlement)) return { settlement, oracle: zeroAddress, events: 0n, deliveryPeriod: 0 };
  if (delivery === undefined) throw new DeliveryTermsMissingError();
  const oracle = delivery.oracle ?? market.deployment.contracts.DeliveryOracle;
  if (oracle === null) throw new DeliveryOracleMissingError();
  return {
    settlement,
    oracle: addressSchema.parse(oracle),
    events: delivery.events,
    deliveryPeriod: delivery.period
  };
}

const ascending = (accounts: readonly Address[]) =>
  [...new Set(accounts.map((account) => addressSchema.parse(account)))].sort();

/** The document as the schema reads it, its streams in the order that the contract demands: ascending. */
function readDocument(input: ProductDocumentInput) {
  const parsed = productDocumentSchema.safeParse({ ...input, version: 1 });
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new DocumentInvalidError(faults.join('; '));
  }
  const streams = parsed.data.streams.toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return { ...parsed.data, streams };
}

/** 64 random bits, so that two programs of one seller do not take each other's product. */
const randomNumber = () =>
  crypto.getRandomValues(new Uint8Array(8)).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
