import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { addressSchema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { withRecoveryNumber } from './allow-payment.ts';
import type { Market } from './connect-market.ts';
import { DeliveryOracleMissingError } from './listing-errors.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import type { Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

/** What an attestor says: so many events of the stream had timestamps before the time. */
export interface DeliveryCount {
  readonly stream: Address;
  /** Unix seconds. */
  readonly time: number;
  /** Events since the stream's beginning. */
  readonly count: bigint;
}

/** An attestor's word for a count; whoever has enough of them can report it. */
export interface DeliveryAttestation {
  readonly attestor: Address;
  readonly signature: Hex;
}

export interface AttestDeliveryParameters extends DeliveryCount {
  readonly market: Market;
  /** The attestor. */
  readonly wallet: Wallet;
  /** A ThresholdDeliveryOracle; the market's own unless said otherwise. */
  readonly oracle?: Address;
}
export type AttestDeliveryReturnType = DeliveryAttestation;

/**
 * Signs, as one attestor, how many events of a stream came before a time; no transaction. Sign only what is past and
 * settled, and never two counts for one time.
 *
 * @throws {@link DeliveryOracleMissingError}, {@link SignatureRejectedError}, {@link ChainUnreachableError},
 * {@link WalletFailedError}
 *
 * @example
 * const attestation = await attestDelivery({ market, wallet, stream, time, count });
 */
export async function attestDelivery(parameters: AttestDeliveryParameters): Promise<AttestDeliveryReturnType> {
  const { market, wallet, stream, time, count } = parameters;
  const { account } = wallet;
  const oracle = oracleOf(market, parameters.oracle);
  try {
    const { domain } = await market.publicClient.getEip712Domain({ address: oracle });
    const signature = await wallet.signTypedData({
      account,
      domain: { name: domain.name, version: domain.version, chainId: market.chainId, verifyingContract: oracle },
      types: {
        Delivery: [
          { name: 'stream', type: 'address' },
          { name: 'time', type: 'uint256' },
          { name: 'count', type: 'uint256' }
        ]
      },
      primaryType: 'Delivery',
      message: { stream, time: BigInt(time), count }
    });
    return { attestor: addressSchema.parse(account.address), signature: withRecoveryNumber(signature) };
  } catch (error) {
    throw translateChainError(error, thresholdDeliveryOracleAbi);
  }
}

export interface ReportDeliveryParameters extends ActParameters, DeliveryCount {
  /** By enough attestors, in any order. */
  readonly attestations: readonly DeliveryAttestation[];
  /** A ThresholdDeliveryOracle; the market's own unless said otherwise. */
  readonly oracle?: Address;
}
export interface ReportDeliveryReturnType {
  readonly transactionHash: Hex;
}

/**
 * Carries the attestors' signatures to the chain, where the count then stands for good. Anybody may; the same report
 * again does no harm.
 *
 * @throws {@link DeliveryOracleMissingError}, {@link ContractRefusedError} (AttestationsTooFew, NotAttestor,
 * SignatureInvalid, TimeNotPast, CountAlreadyReported), and as {@link sendTransaction}.
 *
 * @example
 * await reportDelivery({ market, wallet, stream, time, count, attestations: [attestation] });
 */
export async function reportDelivery(parameters: ReportDeliveryParameters): Promise<ReportDeliveryReturnType> {
  const { market, wallet, stream, time, count, onStep } = parameters;
  const attestations = parameters.attestations
    .map(({ attestor, signature }) => ({ attestor: addressSchema.parse(attestor), signature }))
    .sort((a, b) => (a.attestor < b.attestor ? -1 : 1));
  const receipt = await sendCall({
    market,
    wallet,
    to: oracleOf(market, parameters.oracle),
    abi: thresholdDeliveryOracleAbi,
    functionName: 'report',
    args: [stream, BigInt(time), count, attestations],
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}

export interface ReadDeliveryParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Unix seconds. */
  readonly time: number;
  /** Any IDeliveryOracle; the market's own unless said otherwise. */
  readonly oracle?: Address;
}
/** Events before the time; undefined where the oracle has not said. */
export type ReadDeliveryReturnType = bigint | undefined;

/**
 * Asks an oracle how many events of a stream came before a time.
 *
 * @throws {@link DeliveryOracleMissingError}, {@link ChainUnreachableError}
 *
 * @example
 * const count = await readDelivery({ market, stream, time });
 */
export async function readDelivery(parameters: ReadDeliveryParameters): Promise<ReadDeliveryReturnType> {
  const { market, stream, time } = parameters;
  try {
    const [reported, count] = await market.publicClient.readContract({
      address: oracleOf(market, parameters.oracle),
      abi: thresholdDeliveryOracleAbi,
      functionName: 'eventsBefore',
      args: [stream, BigInt(time)]
    });
    return reported ? count : undefined;
  } catch (error) {
    throw translateChainError(error, thresholdDeliveryOracleAbi);
  }
}

function oracleOf(market: Market, named: Address | undefined): Address {
  const oracle = named ?? market.deployment.contracts.DeliveryOracle;
  if (oracle === null) throw new DeliveryOracleMissingError();
  return oracle;
}
