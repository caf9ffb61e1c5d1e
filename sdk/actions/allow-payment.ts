import type { TypedDataDomain } from 'viem';
import { datacoinAbi } from '#contracts/generated/datacoin';
import type { Address, Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';
import type { Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

/** Seconds for which a signed permission to pay holds. */
export const permitPeriod = 1800;

/**
 * DATAcoin wei that a contract of the market may take from an account.
 *
 * @throws {@link ChainUnreachableError}
 */
export async function readAllowance(market: Market, owner: Address, spender: Address): Promise<bigint> {
  try {
    return await market.publicClient.readContract({
      address: market.deployment.contracts.DATAcoin,
      abi: datacoinAbi,
      functionName: 'allowance',
      args: [owner, spender]
    });
  } catch (error) {
    throw translateChainError(error, datacoinAbi);
  }
}

/**
 * Lets a contract of the market take exactly `amount` (DATAcoin wei), in a transaction; none where it may already.
 *
 * @throws as {@link sendTransaction}.
 */
export async function allowPayment(parameters: ActParameters & { spender: Address; amount: bigint }): Promise<void> {
  const { market, wallet, spender, amount, onStep } = parameters;
  if ((await readAllowance(market, wallet.account.address, spender)) >= amount) return;
  await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.DATAcoin,
    abi: datacoinAbi,
    functionName: 'approve',
    args: [spender, amount],
    onStep
  });
}

/**
 * The domain under which the token's permits and authorisations are signed, as the token itself states it (ERC-5267).
 *
 * @throws {@link ChainUnreachableError}
 */
export async function tokenDomain(market: Market): Promise<TypedDataDomain> {
  const { DATAcoin } = market.deployment.contracts;
  try {
    const { domain } = await market.publicClient.getEip712Domain({ address: DATAcoin });
    return { name: domain.name, version: domain.version, chainId: market.chainId, verifyingContract: DATAcoin };
  } catch (error) {
    throw translateChainError(error, datacoinAbi);
  }
}

/**
 * Signs an ERC-2612 permit that lets the market's contract take `value` (DATAcoin wei) until `deadline` (Unix seconds).
 *
 * @returns 65 bytes r, s, v of the account's key, or what its contract answers for by ERC-1271.
 * @throws {@link SignatureRejectedError}, {@link ChainUnreachableError}, {@link WalletFailedError}
 */
export async function signPermit(market: Market, wallet: Wallet, value: bigint, deadline: bigint): Promise<Hex> {
  const { DATAcoin, DataLicense } = market.deployment.contracts;
  const { account } = wallet;
  try {
    const [domain, nonce] = await Promise.all([
      tokenDomain(market),
      market.publicClient.readContract({
        address: DATAcoin,
        abi: datacoinAbi,
        functionName: 'nonces',
        args: [account.address]
      })
    ]);
    const signature = await wallet.signTypedData({
      account,
      domain,
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
    return withRecoveryNumber(signature);
  } catch (error) {
    throw translateChainError(error, datacoinAbi);
  }
}

/** Some wallets end a signature of 65 bytes with 0 or 1 where contracts expect 27 or 28. */
export function withRecoveryNumber(signature: Hex): Hex {
  const last = signature.length === 132 ? Number.parseInt(signature.slice(-2), 16) : 27;
  return last < 2 ? `0x${signature.slice(2, -2)}${(last + 27).toString(16)}` : signature;
}
