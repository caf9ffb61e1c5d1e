import { erc20Abi, maxUint256 } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { Address } from '#sdk/protocol/primitives';
import type { Session } from './session.ts';

/** DATAcoin wei; every market is paid the same: two hours of it, give or take what lies before a boundary. */
export const pricePerSecond = 100_000_000_000_000n;
export const hour = 3600;

/** Who acts in every market that is measured, and the token that they pay in: the DATAcoin, an OpenZeppelin 5 ERC-20. */
export interface Parties {
  /** Deploys, owns what must have an owner, and holds the token's supply. */
  readonly deployer: PrivateKeyAccount;
  readonly seller: PrivateKeyAccount;
  readonly buyer: PrivateKeyAccount;
  /** Buys before the buyer does, so that totals which a market keeps are not zero any more. */
  readonly earlierBuyer: PrivateKeyAccount;
  /** Receives fees. */
  readonly treasury: PrivateKeyAccount;
  readonly token: Address;
  /** Lets a market take whatever it asks for; the token leaves the largest allowance as it is. */
  approve(spender: Address): Promise<void>;
  /** Gives an account token, so that its balance is not zero when it is measured. */
  fund(account: Address): Promise<void>;
}

/** Gives all parties token, so that every balance is warm. */
export async function gatherParties(session: Session, token: Address): Promise<Parties> {
  const [deployer, seller, buyer] = [session.account(0), session.account(1), session.account(2)];
  const [earlierBuyer, treasury] = [session.account(3), session.account(4)];
  const fund = async (account: Address) => {
    const args = [account, 1_000_000n * 10n ** 18n] as const;
    await session.send({ from: deployer, to: token, abi: erc20Abi, functionName: 'transfer', args });
  };
  for (const holder of [seller, buyer, earlierBuyer, treasury]) await fund(holder.address);
  return {
    ...{ deployer, seller, buyer, earlierBuyer, treasury, token, fund },
    approve: async (spender) => {
      for (const from of [buyer, earlierBuyer]) {
        await session.send({ from, to: token, abi: erc20Abi, functionName: 'approve', args: [spender, maxUint256] });
      }
    }
  };
}
