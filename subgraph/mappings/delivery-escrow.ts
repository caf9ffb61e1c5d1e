import { DeliveryReleased, DepositClosed, DepositReleased } from '../generated/DeliveryEscrow/DeliveryEscrow';
import { releaseCohort } from '../store/cohort';
import { closeDeposit } from '../store/deposit';
import { accountDeposit } from '../store/license';
import { addPayout, addRefund } from '../store/offer';

export function handleDeliveryReleased(event: DeliveryReleased): void {
  addPayout(event.params.offerId, event.params.amount, event.params.fee);
  releaseCohort(
    event.params.offerId,
    event.params.since,
    event.params.until,
    event.params.time,
    event.params.amount,
    event.params.fee,
    event.params.final_
  );
}

/** Of a deposit that stands alone: no cohort hears of it, also not one with the same times. */
export function handleDepositReleased(event: DepositReleased): void {
  addPayout(event.params.offerId, event.params.amount, event.params.fee);
}

export function handleDepositClosed(event: DepositClosed): void {
  closeDeposit(
    event.params.offerId,
    event.params.licensee,
    event.params.since,
    event.params.spent,
    event.params.refund,
    event.block
  );
  accountDeposit(event.params.offerId, event.params.licensee, event.params.spent, event.params.refund);
  addRefund(event.params.offerId, event.params.refund);
}
