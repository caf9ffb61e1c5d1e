import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import {
  decodeErrorResult,
  encodeFunctionData,
  formatEther,
  parseEventLogs,
  type Abi,
  type TransactionReceipt
} from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { counterfactualPurchaseAbi } from '#contracts/generated/counterfactualPurchase';
import { counterfactualPurchaseFactoryAbi } from '#contracts/generated/counterfactualPurchaseFactory';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { purchaseOf, type BuyLicenseReturnType } from '#sdk/actions/buy-license';
import { ContractRefusedError, TransactionRevertedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import { translateOfferError } from '#sdk/actions/translate-offer-error';
import type { PurchaseAuthorization } from '#sdk/protocol/authorization';
import { contractTerms, purchaseAddressOf, type PurchaseTerms } from '#sdk/protocol/counterfactual-purchase';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import { addressSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { PaymentPayload } from '#sdk/protocol/x402';
import { PaymentRefusedError, RelayerMissingError } from './errors.ts';
import { GasAllowance } from './gas-allowance.ts';
import { NonceLane, type TriedCall } from './nonce-lane.ts';

/** What became of an address that was paid. */
export interface SettledPayment {
  readonly transactionHash: Hex;
  /** What was bought; null where everything flowed back, since the payment had been submitted by somebody else. */
  readonly purchase: BuyLicenseReturnType | null;
  /** DATAcoin wei that flowed back. */
  readonly refunded: bigint;
}

/** Carries purchases that others pay for to the chain, and pays the gas. */
export interface Relayer {
  readonly account: Address;
  /**
   * Carries a purchase that its buyer authorised.
   *
   * @throws {@link ContractRefusedError}, {@link OfferRetiredError} where it would fail: nothing was sent; as
   * {@link NonceLane.carry}.
   */
  buy(market: Market, offer: Offer, authorization: PurchaseAuthorization): Promise<BuyLicenseReturnType>;
  /**
   * Takes a payment of x402 and buys what it is for, in one transaction.
   *
   * @throws {@link PaymentRefusedError} where it would fail: nothing was sent and nothing was paid; as
   * {@link NonceLane.carry}.
   */
  settle(market: Market, offer: Offer, terms: PurchaseTerms, payment: PaymentPayload): Promise<SettledPayment>;
  stop(): void;
}

export interface RelayerOptions {
  readonly account: PrivateKeyAccount;
  /** Gas that is given away in an hour. */
  readonly gasPerHour: number;
  readonly registry: Registry;
  readonly logger: Logger;
  /** Milliseconds. */
  readonly clock: () => number;
}

type Authorization = PaymentPayload['payload'];

/**
 * Gas that one purchase may take, some five times what it needs: the signature of an account with code is checked by
 * that code (ERC-1271), which could burn as much as it is given.
 */
const mostGas = 1_000_000n;

/** Every error that may come through. */
const errors: Abi = [
  ...counterfactualPurchaseFactoryAbi,
  ...counterfactualPurchaseAbi,
  ...dataLicenseAbi,
  ...datacoinAbi
];

/** Why the token does not take an authorisation, in the codes of x402. */
const paymentFaults: Readonly<Record<string, readonly [string, string]>> = {
  ERC3009InvalidSignature: [
    'invalid_exact_evm_payload_signature',
    'The signature is not that of the account it pays from. Sign what was offered, with the key of that account.'
  ],
  ERC3009InvalidAuthorizationTime: [
    'invalid_exact_evm_payload_authorization_valid_before',
    'The authorisation does not hold now. Sign one that holds by the time of the chain.'
  ],
  ERC3009UsedAuthorization: ['invalid_transaction_state', 'The authorisation was used or cancelled. Sign a new one.'],
  ERC20InsufficientBalance: ['insufficient_funds', 'The account holds less DATAcoin than it pays.']
};

export function createRelayer(options: RelayerOptions): Relayer {
  const { account, registry, logger } = options;
  const lane = new NonceLane({ account, logger, allowance: new GasAllowance(options.gasPerHour, options.clock) });
  const transactions = new Counter({
    name: 'relayer_transactions_total',
    help: 'Purchases carried to the chain.',
    labelNames: ['kind', 'outcome'] as const,
    registers: [registry]
  });
  const gasUsed = new Counter({ name: 'relayer_gas_total', help: 'Gas paid for.', registers: [registry] });
  const ether = new Gauge({ name: 'relayer_ether', help: 'Ether left for gas.', registers: [registry] });
  new Gauge({
    name: 'relayer_waiting',
    help: 'Purchases that wait for their turn or a block.',
    registers: [registry],
    collect() {
      this.set(lane.size);
    }
  });

  /** Sends what was tried; the receipt is of a transaction that succeeded. */
  async function carry(
    market: Market,
    kind: 'buy' | 'settle',
    attempt: () => Promise<TriedCall>
  ): Promise<TransactionReceipt> {
    let receipt: TransactionReceipt;
    try {
      receipt = await lane.carry(market, attempt);
    } catch (error) {
      transactions.inc({ kind, outcome: 'refused' });
      throw error instanceof TributaryError ? error : translateChainError(error, errors);
    }
    const outcome = receipt.status === 'success' ? 'mined' : 'reverted';
    transactions.inc({ kind, outcome });
    gasUsed.inc(Number(receipt.gasUsed));
    logger.info(
      { kind, outcome, transaction: receipt.transactionHash, gas: String(receipt.gasUsed) },
      'purchase carried'
    );
    await market.publicClient.getBalance({ address: account.address }).then(
      (balance) => {
        ether.set(Number(formatEther(balance)));
      },
      () => undefined
    );
    if (receipt.status === 'reverted') throw new TransactionRevertedError(receipt.transactionHash);
    return receipt;
  }

  /** Tries a call in the pending block: what was sent before it counts. */
  async function attempt(market: Market, to: Address, data: Hex): Promise<TriedCall> {
    const call = { account: account.address, to, data, blockTag: 'pending', gas: mostGas } as const;
    // First as a call, whose answer names the error; the estimate says the same in every node's own way.
    await market.publicClient.call(call);
    return { to, data, gas: await market.publicClient.estimateGas(call) };
  }

  async function buy(market: Market, offer: Offer, authorization: PurchaseAuthorization) {
    const { position, until, publicKey, attestation, buyer, value, validAfter, validBefore, signature } = authorization;
    const data = encodeFunctionData({
      abi: dataLicenseAbi,
      functionName: 'buyWithAuthorization',
      args: [
        contractOffer(offer),
        { position: BigInt(position), until: BigInt(until), publicKey, attestation },
        { buyer, value: BigInt(value), validAfter: BigInt(validAfter), validBefore: BigInt(validBefore), signature }
      ]
    });
    try {
      return purchaseOf(
        await carry(market, 'buy', () => attempt(market, market.deployment.contracts.DataLicense, data))
      );
    } catch (error) {
      throw translateOfferError(error, offer);
    }
  }

  async function settle(
    market: Market,
    offer: Offer,
    terms: PurchaseTerms,
    payment: PaymentPayload
  ): Promise<SettledPayment> {
    const factory = market.deployment.contracts.CounterfactualPurchaseFactory;
    if (factory === null) throw new RelayerMissingError();
    const { authorization, signature } = payment.payload;
    const data = encodeFunctionData({
      abi: counterfactualPurchaseFactoryAbi,
      functionName: 'settleWithAuthorization',
      args: [
        contractTerms(terms),
        contractOffer(offer),
        {
          from: authorization.from,
          value: BigInt(authorization.value),
          validAfter: BigInt(authorization.validAfter),
          validBefore: BigInt(authorization.validBefore),
          nonce: authorization.nonce,
          signature
        }
      ]
    });
    const receipt = await carry(market, 'settle', async () => {
      try {
        // It may also only pay back: then somebody had submitted the payment, and the payer shall have it.
        return await attempt(market, factory, data);
      } catch (error) {
        throw await explain(market, translateChainError(error, errors), payment.payload);
      }
    });
    const paid = purchaseAddressOf(factory, terms);
    const logs = parseEventLogs({ abi: counterfactualPurchaseFactoryAbi, logs: receipt.logs });
    for (const { eventName, args } of logs) {
      if (args.account.toLowerCase() !== paid) continue;
      return {
        transactionHash: receipt.transactionHash,
        purchase: eventName === 'PurchaseSettled' ? purchaseOf(receipt) : null,
        refunded: args.refunded
      };
    }
    throw new TransactionRevertedError(receipt.transactionHash);
  }

  /** Why a payment would not be taken, in the codes of x402. */
  async function explain(market: Market, error: TributaryError, payment: Authorization): Promise<TributaryError> {
    if (!(error instanceof ContractRefusedError)) return error;
    if (error.reason === 'PurchaseRefused') {
      const refusal = decodeRefusal(error.args[0]);
      return new PaymentRefusedError('invalid_payment_requirements', refusal.message);
    }
    if (error.reason !== 'PaymentMissing') return new PaymentRefusedError('unexpected_verify_error', error.message);
    return explainMissing(market, payment);
  }

  /** The payment did not arrive: asks the token why. */
  async function explainMissing(market: Market, payment: Authorization): Promise<TributaryError> {
    const { from, to, value, validAfter, validBefore, nonce } = payment.authorization;
    try {
      await market.publicClient.simulateContract({
        account: account.address,
        address: market.deployment.contracts.DATAcoin,
        abi: datacoinAbi,
        functionName: 'transferWithAuthorization',
        args: [from, to, BigInt(value), BigInt(validAfter), BigInt(validBefore), nonce, payment.signature],
        blockTag: 'pending'
      });
      return new PaymentRefusedError(
        'invalid_exact_evm_payload_authorization_value',
        'It pays less than was asked for.'
      );
    } catch (cause) {
      const refused = translateChainError(cause, datacoinAbi);
      if (!(refused instanceof ContractRefusedError)) return refused;
      const [reason, sentence] = paymentFaults[refused.reason ?? ''] ?? ['unexpected_verify_error', refused.message];
      return new PaymentRefusedError(reason, sentence);
    }
  }

  return {
    account: addressSchema.parse(account.address),
    buy,
    settle,
    stop: () => {
      lane.stop();
    }
  };
}

/** The error inside PurchaseRefused, in words. */
function decodeRefusal(data: unknown): ContractRefusedError {
  try {
    const { errorName, args } = decodeErrorResult({ abi: errors, data: data as Hex });
    return new ContractRefusedError(errorName, Array.isArray(args) ? args : []);
  } catch {
    return new ContractRefusedError(undefined, []);
  }
}
