import { toHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import type { Hex } from '#sdk/protocol/primitives';

/** The well-known phrase whose accounts every anvil chain fills with ether. Play money: never use it elsewhere. */
export const localMnemonic = 'test test test test test test test test test test test junk';

/** What the accounts of a local chain are for, by their index in the phrase. */
export const localAccounts = {
  /** Deploys the contracts and receives the supply of DATAcoin. */
  deployer: 0,
  /** Demonstration sellers: 1 to 6. */
  firstSeller: 1,
  /** Carries purchases that others only signed to the chain, and pays the gas for it. */
  relayer: 7,
  /** Attests deliveries for the broker, and pays the gas for it. */
  attestor: 8,
  /** Fills demo wallets. */
  faucet: 9,
  /** Attests who sellers are. Beyond the ten that anvil fills: it gets its ether from the deployer. */
  verifier: 10
} as const;

/** Private key of one of the local accounts. */
export function localPrivateKey(index: number): Hex {
  const key = mnemonicToAccount(localMnemonic, { addressIndex: index }).getHdKey().privateKey;
  return toHex(key ?? new Uint8Array());
}
