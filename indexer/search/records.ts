import { contentIdOfDigest } from '#sdk/protocol/content-id';
import type { LicenseRecord, OfferRecord, Product, StreamRecord } from '#sdk/protocol/discovery';
import { productDocumentSchema, type ProductDocument } from '#sdk/protocol/product-document';
import type { DocumentState, FactRow } from '../schema.ts';

/** Rows -> the records of the API (sdk/protocol/discovery.ts). */

export function toOffer(row: FactRow<'offer'>): OfferRecord {
  return {
    offerId: row.id,
    productId: row.product,
    seller: row.seller,
    productNumber: row.productNumber,
    beneficiary: row.beneficiary,
    pricePerSecond: row.pricePerSecond,
    minimumPeriod: row.minimumPeriod,
    boundary: row.boundary,
    termsHash: row.termsHash,
    termsCid: contentIdOfDigest(row.termsHash),
    streams: row.streams,
    position: row.position,
    documentHash: row.documentHash,
    documentCid: contentIdOfDigest(row.documentHash),
    listed: row.listed,
    listedAt: { number: row.listedAtBlock, timestamp: row.listedAt }
  };
}

export function toProduct(
  row: FactRow<'product'>,
  offer: OfferRecord,
  state: DocumentState | null,
  content: ProductDocument | null,
  licensees: number
): Product {
  return {
    productId: row.id,
    seller: row.seller,
    offer,
    documentState: state ?? 'pending',
    document: state === 'ready' ? productDocumentSchema.nullable().parse(content) : null,
    licensees,
    revenue: row.revenue,
    listedAt: { number: row.createdAtBlock, timestamp: row.createdAt }
  };
}

export function toStream(row: FactRow<'stream'>, publicRead: boolean): StreamRecord {
  return {
    stream: row.id,
    owner: row.owner,
    name: row.name,
    description: row.description,
    slotDuration: row.slotDuration,
    partitions: row.partitions,
    deleted: row.deleted,
    publicRead: publicRead && !row.deleted,
    createdAt: { number: row.createdAtBlock, timestamp: row.createdAt }
  };
}

export function toLicense(
  row: FactRow<'license'>,
  offer: Pick<FactRow<'offer'>, 'seller' | 'streams'>,
  productName: string | null
): LicenseRecord {
  return {
    offerId: row.offer,
    productId: row.product,
    licensee: row.licensee,
    seller: offer.seller,
    productName,
    streams: offer.streams,
    from: row.from,
    until: row.until,
    publicKey: row.publicKey,
    paid: row.paid,
    purchases: row.purchases,
    purchasedAt: { number: row.purchasedAtBlock, timestamp: row.purchasedAt },
    transactionHash: row.transactionHash
  };
}
