import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { contractOffer } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface SettleLicenseParameters extends ActParameters {
  /** Settled by the second. */
  readonly offer: Offer;
  readonly licensee: Address;
}
export interface SettleLicenseReturnType {
  readonly transactionHash: Hex;
}

/**
 * Accounts for the seconds that a licence has used so far, which gives the licensee its karma for them. Anybody may;
 * renewing and cancelling do it too.
 *
 * @throws {@link ContractRefusedError} (NotSettledBySecond, LicenseUnknown), and as {@link sendTransaction}.
 *
 * @example
 * await settleLicense({ market, wallet, offer, licensee });
 */
export async function settleLicense(parameters: SettleLicenseParameters): Promise<SettleLicenseReturnType> {
  const { market, wallet, offer, licensee, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DataLicense,
    abi: dataLicenseAbi,
    functionName: 'settle',
    args: [contractOffer(offer), licensee],
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}
