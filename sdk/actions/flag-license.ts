import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import { uploadDocument } from './upload-document.ts';

export interface FlagLicenseParameters extends ActParameters {
  readonly offer: Offer;
  /** What is wrong with the data, for everyone to read: it is stored with the market, and its hash on the chain. */
  readonly reason: string;
}
export interface FlagLicenseReturnType {
  readonly transactionHash: Hex;
  /** Karma points, in DATAcoin wei as of the start of the licence, that the seller loses at most. */
  readonly points: bigint;
  /** CIDv1 of the reason. */
  readonly reasonCid: string;
  /** SHA-256 of the reason. */
  readonly reasonHash: Hex;
}

/**
 * Flags the data of a licence that the wallet holds or held as bad; once per licence. The seller loses the karma that
 * this licence gave it, and can answer.
 *
 * @throws {@link ContractRefusedError} (LicenseUnknown, LicenseAlreadyFlagged), as {@link uploadDocument} and as
 * {@link sendTransaction}.
 *
 * @example
 * await flagLicense({ market, wallet, offer, reason: 'No event for three hours on 12 May.' });
 */
export async function flagLicense(parameters: FlagLicenseParameters): Promise<FlagLicenseReturnType> {
  const { market, wallet, offer, reason, onStep } = parameters;
  const stored = await uploadDocument({ market, document: reason });
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'flag',
    args: [contractOffer(offer), stored.hash],
    errors: deliveryEscrowAbi,
    onStep
  });
  const { args } = eventOf(dataLicenseAbi, 'LicenseFlagged', receipt);
  return {
    transactionHash: receipt.transactionHash,
    points: args.points,
    reasonCid: stored.cid,
    reasonHash: stored.hash
  };
}
