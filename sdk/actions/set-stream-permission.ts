import { encodeFunctionData, zeroAddress } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import type { Address, Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { assertChain, sendTransaction } from './send-transaction.ts';
import type { TransactionStep, Wallet } from './send-transaction.ts';
import { permissionNumber } from './stream-permission.ts';
import type { StreamPermission } from './stream-permission.ts';

/** The largest time that the contract knows: a permission that never ends. */
export const neverEnds = 2 ** 40 - 1;

export interface SetStreamPermissionParameters {
  readonly market: Market;
  readonly wallet: Wallet;
  readonly stream: Address;
  /** Who gets or loses the permission. */
  readonly account: Address | 'everyone';
  readonly permission: StreamPermission;
  /** Unix seconds from which it no longer holds; 0 revokes. It never ends unless said otherwise. */
  readonly until?: number;
  readonly onStep?: (step: TransactionStep) => void;
}
export interface SetStreamPermissionReturnType {
  readonly transactionHash: Hex;
}

/**
 * Gives, prolongs, shortens or revokes a permission on a stream.
 *
 * @throws as {@link sendTransaction}.
 *
 * @example
 * // From now on anyone may read: the stream is public, and its events are not encrypted.
 * await setStreamPermission({ market, wallet, stream, account: 'everyone', permission: 'read' });
 */
export async function setStreamPermission(
  parameters: SetStreamPermissionParameters
): Promise<SetStreamPermissionReturnType> {
  const { market, wallet, stream, account, permission, until = neverEnds, onStep } = parameters;
  await assertChain(market, wallet);
  const receipt = await sendTransaction({
    market,
    wallet,
    to: stream,
    data: encodeFunctionData({
      abi: streamAbi,
      functionName: 'setPermission',
      args: [account === 'everyone' ? zeroAddress : account, permissionNumber[permission], until]
    }),
    abi: streamAbi,
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}
