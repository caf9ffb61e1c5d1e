import { encodeFunctionData, parseEventLogs } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Offer } from '../protocol/offer.ts';
import { addressSchema, bytes32Schema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { productDocumentSchema } from '../protocol/product-document.ts';
import type { ProductDocumentInput } from './product-document-input.ts';
import type { Market } from './connect-market.ts';
import { DocumentInvalidError } from './document-errors.ts';
import { LogMissingError } from './log-missing-error.ts';
import { assertChain, sendTransaction } from './send-transaction.ts';
import type { TransactionStep, Wallet } from './send-transaction.ts';
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
  /** Receives the payments; the seller unless said otherwise. */
  readonly beneficiary?: Address;
  /** Names the product among the seller's; give it again to list a new version. Random unless said otherwise. */
  readonly productNumber?: bigint;
  readonly onStep?: (step: ListProductStep) => void;
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
 * @throws {@link DocumentInvalidError}, as {@link uploadDocument} and as {@link sendTransaction}.
 *
 * @example
 * const { productId } = await listProduct({
 *   market,
 *   wallet,
 *   terms: 'You may use the data for yourself. Do not pass it on.',
 *   document: { name: 'Bus positions', summary: 'Where every bus is.', category: 'transport', streams: [{ address: stream }] },
 *   pricePerSecond: parseEther('0.5') / 3600n
 * });
 */
export async function listProduct(parameters: ListProductParameters): Promise<ListProductReturnType> {
  const { market, wallet, boundary = 3600, onStep } = parameters;
  const seller = addressSchema.parse(wallet.account.address);
  await assertChain(market, wallet);
  onStep?.({ step: 'uploading' });
  const document = readDocument(parameters.document);
  const terms = await uploadDocument({ market, document: parameters.terms });
  const described = await uploadDocument({ market, document: JSON.stringify(document) });
  const offer: Offer = {
    seller,
    productNumber: parameters.productNumber ?? randomNumber(),
    beneficiary: parameters.beneficiary ?? seller,
    pricePerSecond: parameters.pricePerSecond,
    minimumPeriod: parameters.minimumPeriod ?? boundary,
    boundary,
    termsHash: terms.hash,
    streams: document.streams.map(({ address }) => address)
  };
  const receipt = await sendTransaction({
    market,
    wallet,
    to: market.deployment.contracts.DataLicense,
    data: encodeFunctionData({ abi: dataLicenseAbi, functionName: 'list', args: [offer, described.hash] }),
    abi: dataLicenseAbi,
    onStep
  });
  const [log] = parseEventLogs({ abi: dataLicenseAbi, eventName: 'OfferListed', logs: receipt.logs });
  if (log === undefined) throw new LogMissingError('OfferListed', receipt.transactionHash);
  return {
    offer,
    offerId: bytes32Schema.parse(log.args.offerId),
    productId: bytes32Schema.parse(log.args.productId),
    position: Number(log.args.position),
    termsCid: terms.cid,
    documentCid: described.cid,
    transactionHash: receipt.transactionHash
  };
}

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
