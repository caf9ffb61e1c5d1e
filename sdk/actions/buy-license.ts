import { encodeFunctionData, parseEventLogs, parseSignature } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { offerIdOf, priceOf } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import { bytes32Schema } from '../protocol/primitives.ts';
import type { Hex } from '../protocol/primitives.ts';
import { InsufficientDatacoinError, OfferRetiredError } from './chain-errors.ts';
import type { Market } from './connect-market.ts';
import { LogMissingError } from './log-missing-error.ts';
import { quoteLicense } from './quote-license.ts';
import { readLicense } from './read-license.ts';
import { assertChain, sendTransaction } from './send-transaction.ts';
import type { TransactionStep, Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';
import { translateOfferError } from './translate-offer-error.ts';

export interface BuyLicenseParameters {
  readonly market: Market;
  readonly wallet: Wallet;
  readonly offer: Offer;
  /** Where the offer stands among those of its first stream. */
  readonly position: number;
  /** X25519 key to which the grants shall be sealed; keep its private half. */
  readonly publicKey: Hex;
  /** Seconds that the licence shall at least last, or Unix seconds at which it shall end, as quoteLicense gave them. */
  readonly period: { readonly seconds: number } | { readonly until: number };
  readonly onStep?: (step: TransactionStep) => void;
}
export interface BuyLicenseReturnType {
  readonly transactionHash: Hex;
  readonly blockNumber: bigint;
  readonly offerId: Hex;
  readonly productId: Hex;
  /** Unix seconds: start of the range that was added. */
  readonly from: number;
  /** Unix seconds: end of the licence. */
  readonly until: number;
  /** DATAcoin wei. */
  readonly paid: bigint;
}

/** Seconds for which the signed permission to pay holds. */
const permitPeriod = 1800;

/**
 * Buys or renews a licence: one signature (ERC-2612) and one transaction; a free offer, or one that an allowance
 * covers already, needs no signature.
 *
 * @throws {@link InsufficientDatacoinError}, {@link OfferRetiredError}, and as {@link sendTransaction}. Nothing was paid
 * in any of these cases.
 *
 * @example
 * const { publicKey, privateKey } = await generateKeyPair();
 * const { until } = await buyLicense({ market, wallet, offer, position, publicKey, period: { seconds: 3600 } });
 */
export async function buyLicense(parameters: BuyLicenseParameters): Promise<BuyLicenseReturnType> {
  const { market, wallet, offer, publicKey, onStep } = parameters;
  await assertChain(market, wallet);
  const offerId = offerIdOf(offer);
  const position = BigInt(parameters.position);
  const { until, price, now } = await checkPurchase(parameters, offerId);
  const to = market.deployment.contracts.DataLicense;
  let data: Hex;
  if (price === 0n || (await allowance(market, wallet)) >= price) {
    const args = [offer, position, BigInt(until), publicKey] as const;
    data = encodeFunctionData({ abi: dataLicenseAbi, functionName: 'buy', args });
  } else {
    onStep?.({ step: 'signing' });
    const deadline = BigInt(now + permitPeriod);
    const { r, s, yParity } = parseSignature(await signPermit(market, wallet, price, deadline));
    const args = [offer, position, BigInt(until), publicKey, price, deadline, yParity + 27, r, s] as const;
    data = encodeFunctionData({ abi: dataLicenseAbi, functionName: 'buyWithPermit', args });
  }
  const receipt = await sendTransaction({
    market,
    wallet,
    to,
    data,
    abi: [...dataLicenseAbi, ...datacoinAbi],
    onStep
  }).catch((error: unknown) => {
    throw translateOfferError(error, offer);
  });
  const [log] = parseEventLogs({ abi: dataLicenseAbi, eventName: 'LicensePurchased', logs: receipt.logs });
  if (log === undefined) throw new LogMissingError('LicensePurchased', receipt.transactionHash);
  return {
    transactionHash: receipt.transactionHash,
    blockNumber: receipt.blockNumber,
    offerId,
    productId: bytes32Schema.parse(log.args.productId),
    from: Number(log.args.from),
    until: Number(log.args.until),
    paid: log.args.paid
  };
}

/** Asks the chain all that could make the purchase fail, so that nobody signs in vain. */
async function checkPurchase(parameters: BuyLicenseParameters, offerId: Hex) {
  const { market, wallet, offer, position, period } = parameters;
  const account = wallet.account.address;
  const { contracts } = market.deployment;
  const [running, [listedId, listed], balance] = await Promise.all([
    readLicense({ market, offerId, account }),
    market.publicClient.readContract({
      address: contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'offerAt',
      args: [offer.streams[0] ?? contracts.DataLicense, BigInt(position)]
    }),
    market.publicClient.readContract({
      address: contracts.DATAcoin,
      abi: datacoinAbi,
      functionName: 'balanceOf',
      args: [account]
    })
  ]).catch((error: unknown) => {
    throw translateChainError(error, dataLicenseAbi);
  });
  if (!listed || bytes32Schema.parse(listedId) !== offerId) throw new OfferRetiredError(offerId);
  const from = Math.max(running.now, running.until);
  const until =
    'until' in period
      ? period.until
      : quoteLicense({ offer, seconds: period.seconds, now: running.now, runningUntil: running.until }).until;
  const price = until > from ? priceOf(offer.pricePerSecond, from, until) : 0n;
  if (balance < price) throw new InsufficientDatacoinError(balance, price);
  return { until, price, now: running.now };
}

async function allowance(market: Market, wallet: Wallet): Promise<bigint> {
  const { DATAcoin, DataLicense } = market.deployment.contracts;
  try {
    return await market.publicClient.readContract({
      address: DATAcoin,
      abi: datacoinAbi,
      functionName: 'allowance',
      args: [wallet.account.address, DataLicense]
    });
  } catch (error) {
    throw translateChainError(error, datacoinAbi);
  }
}

/** Signs an ERC-2612 permit that lets the market's contract take the price; the domain comes from the token (ERC-5267). */
async function signPermit(market: Market, wallet: Wallet, value: bigint, deadline: bigint): Promise<Hex> {
  const { DATAcoin, DataLicense } = market.deployment.contracts;
  const { account } = wallet;
  try {
    const [{ domain }, nonce] = await Promise.all([
      market.publicClient.getEip712Domain({ address: DATAcoin }),
      market.publicClient.readContract({
        address: DATAcoin,
        abi: datacoinAbi,
        functionName: 'nonces',
        args: [account.address]
      })
    ]);
    return await wallet.signTypedData({
      account,
      domain: { name: domain.name, version: domain.version, chainId: market.chainId, verifyingContract: DATAcoin },
      types: {
        Permit: [
          { name: 'owner', type: 'address' },
          { name: 'spender', type: 'address' },
          { name: 'value', type: 'uint256' },
          { name: 'nonce', type: 'uint256' },
          { name: 'deadline', type: 'uint256' }
        ]
      },
      primaryType: 'Permit',
      message: { owner: account.address, spender: DataLicense, value, nonce, deadline }
    });
  } catch (error) {
    throw translateChainError(error, datacoinAbi);
  }
}
