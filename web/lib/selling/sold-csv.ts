import type { LicenseRecord } from '#sdk/protocol/discovery';
import { csvLine } from '../reading/export-text.ts';
import { plainDatacoin } from '../ui/money.ts';

const time = (seconds: number) => new Date(seconds * 1000).toISOString();

/**
 * Licences as comma-separated values (RFC 4180) for accounting: a line each, with times in UTC (RFC 3339) and amounts in
 * DATAcoin with every digit and a decimal point.
 */
export function soldCsv(licenses: readonly LicenseRecord[]): string {
  const head = ['product', 'product id', 'offer id', 'licensee', 'from', 'until', 'purchases', 'paid', 'refunded'];
  return [
    csvLine([...head, 'spent', 'ended early by', 'flagged at', 'latest transaction']),
    ...licenses.map((license) =>
      csvLine([
        license.productName,
        license.productId,
        license.offerId,
        license.licensee,
        time(license.from),
        time(license.until),
        license.purchases,
        plainDatacoin(license.paid),
        plainDatacoin(license.refunded),
        plainDatacoin(license.spent),
        license.endedEarly?.by,
        license.flag === null ? null : time(license.flag.at),
        license.transactionHash
      ])
    )
  ].join('');
}
