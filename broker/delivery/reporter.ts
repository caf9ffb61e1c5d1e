import type { Logger } from 'pino';
import { ContractRefusedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import { fetchDelivery } from '#sdk/actions/fetch-delivery';
import {
  attestDelivery,
  type DeliveryAttestation,
  type DeliveryCount,
  readDelivery,
  reportDelivery
} from '#sdk/actions/report-delivery';
import type { Wallet } from '#sdk/actions/send-transaction';
import { TributaryError } from '#sdk/protocol/problem';
import type { Address } from '#sdk/protocol/primitives';
import type { CountBook } from './count-book.ts';
import { AttestationsMissingError } from './errors.ts';
import type { DeliveryMetrics } from './metrics.ts';

/** EIP-712 type of what attestors sign (ThresholdDeliveryOracle). */
const deliveryTypes = {
  Delivery: [
    { name: 'stream', type: 'address' },
    { name: 'time', type: 'uint256' },
    { name: 'count', type: 'uint256' }
  ]
} as const;

/** EIP-712 domain of the oracle. */
const oracleName = { name: 'ThresholdDeliveryOracle', version: '1' } as const;
/** Signatures remembered, so that who asks again costs nothing. */
const mostSignatures = 10_000;

/** Whom the oracle believes. */
export interface OracleTerms {
  readonly oracle: Address;
  readonly attestors: ReadonlySet<Address>;
  readonly threshold: number;
}

export interface ReporterOptions {
  readonly market: Market;
  /** The attestor. */
  readonly wallet: Wallet;
  readonly terms: OracleTerms;
  /** Brokers of other attestors, from which this one collects. */
  readonly peers: readonly string[];
  readonly book: CountBook;
  readonly metrics: DeliveryMetrics;
  readonly logger: Logger;
}

/** Signs this broker's counts and makes counts stand at the oracle. */
export class Reporter {
  private readonly options: ReporterOptions;
  private readonly signed = new Map<string, DeliveryAttestation>();

  constructor(options: ReporterOptions) {
    this.options = options;
  }

  /**
   * This attestor's word for a settled time.
   *
   * @throws as {@link attestDelivery}; errors of the database.
   */
  async attest(stream: Address, time: number): Promise<DeliveryCount & DeliveryAttestation> {
    const { market, wallet, book } = this.options;
    const count = await book.countOf(stream, time);
    const key = `${stream} ${String(time)}`;
    let attestation = this.signed.get(key);
    if (attestation === undefined) {
      attestation = await attestDelivery({ market, wallet, stream, time, count });
      if (this.signed.size >= mostSignatures) this.signed.clear();
      this.signed.set(key, attestation);
    }
    return { stream, time, count, ...attestation };
  }

  /** The count that stands at the oracle; undefined if none does. */
  async standing(stream: Address, time: number): Promise<bigint | undefined> {
    const { market, book, metrics, logger } = this.options;
    const standing = await readDelivery({ market, stream, time });
    const own = standing === undefined ? null : await book.find(stream, time);
    if (own !== null && own !== standing) {
      metrics.disagreements.inc();
      logger.warn({ stream, time, own: String(own), standing: String(standing) }, 'another count stands at the oracle');
    }
    return standing;
  }

  /**
   * Makes the count for a settled time stand, unless one stands.
   *
   * @returns The count that stands.
   * @throws {@link AttestationsMissingError} where the oracle wants more signatures than there are; and as
   * {@link reportDelivery}.
   */
  async report(stream: Address, time: number): Promise<bigint> {
    const { market, wallet, metrics, logger } = this.options;
    const before = await this.standing(stream, time);
    if (before !== undefined) return before;
    const own = await this.attest(stream, time);
    const attestations = [own, ...(await this.collect(own))];
    const { threshold } = this.options.terms;
    if (attestations.length < threshold) {
      throw new AttestationsMissingError(stream, time, attestations.length, threshold);
    }
    try {
      await reportDelivery({ market, wallet, stream, time, count: own.count, attestations });
      metrics.transactions.inc({ kind: 'report' });
      logger.info({ stream, time, count: String(own.count) }, 'delivery reported');
      return own.count;
    } catch (error) {
      // Somebody else was first.
      if (!(error instanceof ContractRefusedError) || error.reason !== 'CountAlreadyReported') throw error;
      const standing = await this.standing(stream, time);
      if (standing === undefined) throw error;
      return standing;
    }
  }

  /** Signatures of other attestors for the same count, of as many as the oracle still wants. */
  private async collect(own: DeliveryCount & DeliveryAttestation): Promise<DeliveryAttestation[]> {
    const { peers, terms } = this.options;
    if (terms.threshold === 1) return [];
    const found = new Map<Address, DeliveryAttestation>();
    for (const attestation of await Promise.all(peers.map((peer) => this.ask(peer, own)))) {
      if (attestation !== undefined && attestation.attestor !== own.attestor) {
        found.set(attestation.attestor, attestation);
      }
    }
    return [...found.values()].slice(0, terms.threshold - 1);
  }

  /** What another broker says; undefined where it says nothing that helps. One false signature would spoil the report. */
  private async ask(brokerUrl: string, own: DeliveryCount): Promise<DeliveryAttestation | undefined> {
    const { market, terms, metrics, logger } = this.options;
    const { stream, time, count } = own;
    try {
      const answer = await fetchDelivery({ market, brokerUrl, stream, time });
      const { attestor, signature } = answer;
      const isSame = answer.stream === stream && answer.time === time && answer.oracle === terms.oracle;
      if (!isSame || !terms.attestors.has(attestor)) {
        logger.warn({ broker: brokerUrl, attestor }, 'a broker attests something that was not asked for');
        return undefined;
      }
      if (BigInt(answer.count) !== count) {
        metrics.disagreements.inc();
        logger.warn({ broker: brokerUrl, stream, time, own: String(count), other: answer.count }, 'counts differ');
        return undefined;
      }
      const isValid = await market.publicClient.verifyTypedData({
        address: attestor,
        domain: { ...oracleName, chainId: market.chainId, verifyingContract: terms.oracle },
        types: deliveryTypes,
        primaryType: 'Delivery',
        message: { stream, time: BigInt(time), count },
        signature
      });
      if (isValid) return { attestor, signature };
      logger.warn({ broker: brokerUrl, attestor }, 'a signature is not valid');
    } catch (error) {
      const reason = error instanceof TributaryError ? error.message : String(error);
      logger.info({ broker: brokerUrl, stream, time, reason }, 'another attestor gave no signature');
    }
    return undefined;
  }
}
