import { parseEventLogs } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Market } from '#sdk/actions/connect-market';
import { followTransaction } from '#sdk/actions/follow-transaction';
import { LogMissingError } from '#sdk/actions/log-missing-error';
import { licenseSchema, type LicenseRecord, type Product } from '#sdk/protocol/discovery';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { rememberPending, type PendingPurchase } from './pending.ts';

/**
 * Waits for the block of a purchase that was sent, and reads from its receipt the licence that it gave.
 *
 * @param onRepriced Called when the wallet has sent the same again for another fee.
 * @throws as followTransaction of the sdk: reverted, replaced, dropped or not confirmed.
 */
export async function readPurchase(
  market: Market,
  product: Product,
  pending: PendingPurchase,
  onRepriced: () => void
): Promise<LicenseRecord> {
  const receipt = await followTransaction({
    market,
    sent: pending.sent,
    onRepriced: (sent) => {
      rememberPending({ ...pending, sent });
      onRepriced();
    }
  });
  const [log] = parseEventLogs({ abi: dataLicenseAbi, eventName: 'LicensePurchased', logs: receipt.logs });
  if (!log) throw new LogMissingError('LicensePurchased', pending.sent.hash);
  const [license, block] = await Promise.all([
    market.publicClient.readContract({
      address: market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'licenseOf',
      args: [pending.offerId, pending.licensee]
    }),
    market.publicClient.getBlock({ blockHash: receipt.blockHash })
  ]);
  return licenseSchema.parse({
    offerId: pending.offerId,
    productId: product.productId,
    licensee: pending.licensee,
    seller: product.seller,
    productName: product.document?.name ?? null,
    streams: product.offer.streams,
    from: Number(license[0]),
    until: Number(license[1]),
    publicKey: bytes32Schema.parse(log.args.publicKey),
    paid: log.args.paid.toString(),
    refunded: '0',
    spent: product.offer.settlement === 'at-once' ? log.args.paid.toString() : '0',
    settledUntil: null,
    endedEarly: null,
    attestation: null,
    flag: null,
    purchases: 1,
    purchasedAt: { number: Number(receipt.blockNumber), timestamp: Number(block.timestamp) },
    transactionHash: receipt.transactionHash
  });
}
