import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import type { CancelLicenseReturnType } from './cancel-license.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import { uploadDocument } from './upload-document.ts';

export interface RevokeLicenseParameters extends ActParameters {
  readonly offer: Offer;
  readonly licensee: Address;
  /** Why, for everyone to read: it is stored with the market, and its hash on the chain. */
  readonly reason: string;
}
export interface RevokeLicenseReturnType extends CancelLicenseReturnType {
  /** CIDv1 of the reason. */
  readonly reasonCid: string;
  /** SHA-256 of the reason. */
  readonly reasonHash: Hex;
}

/**
 * Ends somebody's running licence early; only its seller may. Money still held for the time after it flows back to the
 * licensee at once; a licence that was settled at once is ended without a refund.
 *
 * @throws {@link ContractRefusedError} (NotSeller, LicenseNotRunning), as {@link uploadDocument} and as
 * {@link sendTransaction}.
 *
 * @example
 * await revokeLicense({ market, wallet, offer, licensee, reason: 'The terms do not allow reselling.' });
 */
export async function revokeLicense(parameters: RevokeLicenseParameters): Promise<RevokeLicenseReturnType> {
  const { market, wallet, offer, licensee, reason, onStep } = parameters;
  const stored = await uploadDocument({ market, document: reason });
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'revoke',
    args: [contractOffer(offer), licensee, stored.hash],
    errors: deliveryEscrowAbi,
    onStep
  });
  const { args } = eventOf(dataLicenseAbi, 'LicenseRevoked', receipt);
  return {
    transactionHash: receipt.transactionHash,
    until: Number(args.until),
    refund: args.refund,
    reasonCid: stored.cid,
    reasonHash: stored.hash
  };
}
