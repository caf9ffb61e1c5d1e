import { DeliveryReported } from '../generated/DeliveryOracle/ThresholdDeliveryOracle';
import { createDeliveryReport } from '../store/delivery-report';

export function handleDeliveryReported(event: DeliveryReported): void {
  createDeliveryReport(event.params.stream, event.params.time, event.params.count, event.block);
}
