import type { Identity } from '#sdk/protocol/discovery/identities';
import { contentIdOfDigest } from '#sdk/protocol/content-id';
import type {
  AttestationRecord,
  LicenseRecord,
  Liveness,
  OfferRecord,
  Product,
  StreamRecord
} from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import type { ProductDocument } from '#sdk/protocol/product-document';
import type { Settlement } from '#sdk/protocol/settlement';
import type { DocumentState, FactRow, SettlementKind } from '../schema.ts';

/** Rows -> the records of the API (sdk/protocol/discovery.ts). */

const zeroAddress = `0x${'0'.repeat(40)}` as const;
const zeroBytes32 = `0x${'0'.repeat(64)}` as const;

const settlements: Record<SettlementKind, Settlement> = {
  AT_ONCE: 'at-once',
  BY_SECOND: 'by-second',
  AFTER_EVENTS: 'after-events',
  BY_EVENT: 'by-event'
};

export function toOffer(row: FactRow<'offer'>): OfferRecord {
  return {
    offerId: row.id,
    productId: row.product,
    seller: row.seller,
    productNumber: row.productNumber,
    beneficiary: row.beneficiary,
    pricePerSecond: row.pricePerSecond,
    minimumPeriod: row.minimumPeriod,
    maximumPeriod: row.maximumPeriod,
    boundary: row.boundary,
    feeBasisPoints: row.feeBasisPoints,
    settlement: settlements[row.settlement],
    oracle: row.oracle ?? zeroAddress,
    events: row.events,
    deliveryPeriod: row.deliveryPeriod,
    attestationSchema: row.attestationSchema ?? zeroBytes32,
    attesters: row.attesters,
    termsHash: row.termsHash,
    termsCid: contentIdOfDigest(row.termsHash),
    streams: row.streams,
    position: row.position,
    documentHash: row.documentHash,
    documentCid: contentIdOfDigest(row.documentHash),
    listed: row.listed,
    listedAt: { number: row.listedAtBlock, timestamp: row.listedAt },
    revenue: row.revenue,
    refunded: row.refunded,
    withdrawn: row.withdrawn,
    fees: row.fees
  };
}

/** Sums over the licences of a product. */
export interface LicenseSums {
  readonly running: number;
  readonly all: number;
  readonly renewals: number;
  readonly flags: number;
  /** DATAcoin wei. */
  readonly refunded: string;
}

/** What is known of a product beside its offer and document. */
export interface ProductStanding {
  /** The seller's points, wei. */
  readonly karma: string;
  readonly attestations: AttestationRecord[];
  readonly identities: Identity[];
  readonly licenses: LicenseSums;
  readonly liveness: Liveness | null;
}

export function toProduct(
  row: FactRow<'product'>,
  offer: OfferRecord,
  state: DocumentState | null,
  content: ProductDocument | null,
  { karma, attestations, identities, licenses, liveness }: ProductStanding
): Product {
  return {
    productId: row.id,
    seller: row.seller,
    offer,
    documentState: state ?? 'pending',
    // it was parsed when it was stored, and is whenever its schema changes (derivedVersion)
    document: state === 'ready' ? content : null,
    licensees: licenses.running,
    revenue: row.revenue,
    listedAt: { number: row.createdAtBlock, timestamp: row.createdAt },
    sellerKarma: karma,
    sellerAttestations: attestations,
    sellerIdentities: identities,
    liveness,
    record: {
      licenses: licenses.all,
      renewals: licenses.renewals,
      flags: licenses.flags,
      refunded: licenses.refunded
    }
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
    ensName: row.ensName,
    publicRead: publicRead && !row.deleted,
    createdAt: { number: row.createdAtBlock, timestamp: row.createdAt }
  };
}

export function toLicense(
  row: FactRow<'license'>,
  offer: Pick<FactRow<'offer'>, 'seller' | 'streams' | 'settlement'>,
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
    refunded: row.refunded,
    spent: offer.settlement === 'AT_ONCE' ? row.paid : row.spent,
    settledUntil: row.settledUntil,
    endedEarly:
      row.endedEarly === null
        ? null
        : {
            by: row.endedEarly === 'CANCELLED' ? 'licensee' : 'seller',
            reasonHash: row.endReasonHash,
            reasonCid: contentIdOrNull(row.endReasonHash),
            at: row.endedEarlyAt ?? row.until
          },
    attestation: row.attestation,
    flag:
      row.flagPoints === null || row.flagReasonHash === null || row.flaggedAt === null
        ? null
        : {
            points: row.flagPoints,
            reasonHash: row.flagReasonHash,
            reasonCid: contentIdOfDigest(row.flagReasonHash),
            at: row.flaggedAt,
            answerHash: row.flagAnswerHash,
            answerCid: contentIdOrNull(row.flagAnswerHash)
          },
    purchases: row.purchases,
    purchasedAt: { number: row.purchasedAtBlock, timestamp: row.purchasedAt },
    transactionHash: row.transactionHash
  };
}

function contentIdOrNull(hash: Hex | null): string | null {
  return hash === null ? null : contentIdOfDigest(hash);
}
