import { Address, BigInt, ethereum } from '@graphprotocol/graph-ts';
import { DeliveryReport } from '../generated/schema';
import { deliveryReportId } from './id';

/** Keeps a count of the market's own oracle. time in Unix seconds. */
export function createDeliveryReport(stream: Address, time: BigInt, count: BigInt, block: ethereum.Block): void {
  const report = new DeliveryReport(deliveryReportId(stream, time));
  report.stream = stream;
  report.time = time;
  report.count = count;
  report.block = block.number;
  report.timestamp = block.timestamp;
  report.save();
}
