import { parseEventLogs, WaitForTransactionReceiptTimeoutError } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { TransactionNotConfirmedError, TransactionRevertedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import { LogMissingError } from '#sdk/actions/log-missing-error';
import { licenseSchema, type LicenseRecord, type Product } from '#sdk/protocol/discovery';
import { bytes32Schema } from '#sdk/protocol/primitives';
import type { PendingPurchase } from './pending.ts';

/**
 * Waits for the block of a purchase that was sent, and reads from its receipt the licence that it gave.
 *
 * @throws {@link TransactionNotConfirmedError}, {@link TransactionRevertedError}
 */
export async function readPurchase(market: Market, product: Product, pending: PendingPurchase): Promise<LicenseRecord> {
  const receipt = await market.publicClient
    .waitForTransactionReceipt({ hash: pending.hash, timeout: 120_000 })
    .catch((error: unknown) => {
      throw error instanceof WaitForTransactionReceiptTimeoutError
        ? new TransactionNotConfirmedError(pending.hash, error)
        : error;
    });
  if (receipt.status === 'reverted') throw new TransactionRevertedError(pending.hash);
  const [log] = parseEventLogs({ abi: dataLicenseAbi, eventName: 'LicensePurchased', logs: receipt.logs });
  if (!log) throw new LogMissingError('LicensePurchased', pending.hash);
  const [license, block] = await Promise.all([
    market.publicClient.readContract({
      address: market.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'licenseOf',
      args: [pending.offerId, pending.account]
    }),
    market.publicClient.getBlock({ blockHash: receipt.blockHash })
  ]);
  return licenseSchema.parse({
    offerId: pending.offerId,
    productId: product.productId,
    licensee: pending.account,
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
    transactionHash: pending.hash
  });
}
