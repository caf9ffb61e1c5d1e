import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { closeDeposit, type CloseDepositReturnType } from '#sdk/actions/close-deposit';
import { releaseDelivery } from '#sdk/actions/release-delivery';
import type { ActParameters } from '#sdk/actions/send-call';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import type { DepositRecord } from '#sdk/protocol/discovery';
import type { Offer } from '#sdk/protocol/offer';
import { depositState, lastJudgement } from './judgement.ts';

/**
 * Closes a deposit, and has its delivery judged before where nobody did so yet and the oracle still has time.
 *
 * @throws as the sdk's releaseDelivery and closeDeposit.
 */
export async function judgeAndClose(
  parameters: ActParameters,
  offer: Offer,
  deposit: DepositRecord
): Promise<CloseDepositReturnType> {
  const { publicClient, deployment } = parameters.market;
  const { since, until, licensee, offerId } = deposit;
  const [[, , final], block] = await Promise.all([
    publicClient.readContract({
      address: deployment.contracts.DeliveryEscrow,
      abi: deliveryEscrowAbi,
      functionName: 'cohortOf',
      args: [offerId, BigInt(since), BigInt(until)]
    }),
    publicClient.getBlock({ includeTransactions: false })
  ]).catch((error: unknown) => {
    throw translateChainError(error, deliveryEscrowAbi);
  });
  // One that stands alone, since its licence ended early, is judged by closing it.
  if (!final && !deposit.alone && depositState(offer, deposit, Number(block.timestamp)) === 'to-judge') {
    await releaseDelivery({ ...parameters, offer, since, until, time: lastJudgement(offer, deposit) });
  }
  return closeDeposit({ ...parameters, offer, licensee, since });
}
