import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import { uploadDocument } from './upload-document.ts';

export interface AnswerFlagParameters extends ActParameters {
  readonly offer: Offer;
  /** Who flagged. */
  readonly licensee: Address;
  /** For everyone to read: it is stored with the market, and its hash on the chain. */
  readonly answer: string;
}
export interface AnswerFlagReturnType {
  readonly transactionHash: Hex;
  /** CIDv1 of the answer. */
  readonly answerCid: string;
  /** SHA-256 of the answer. */
  readonly answerHash: Hex;
}

/**
 * Answers a flag; only the seller may.
 *
 * @throws {@link ContractRefusedError} (NotSeller, LicenseNotFlagged), as {@link uploadDocument} and as
 * {@link sendTransaction}.
 *
 * @example
 * await answerFlag({ market, wallet, offer, licensee, answer: 'The sensor was replaced; the hours were refunded.' });
 */
export async function answerFlag(parameters: AnswerFlagParameters): Promise<AnswerFlagReturnType> {
  const { market, wallet, offer, licensee, answer, onStep } = parameters;
  const stored = await uploadDocument({ market, document: answer });
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'answerFlag',
    args: [contractOffer(offer), licensee, stored.hash],
    onStep
  });
  return { transactionHash: receipt.transactionHash, answerCid: stored.cid, answerHash: stored.hash };
}
