import { isAddressEqual, recoverMessageAddress } from 'viem';
import { parseSiweMessage, validateSiweMessage } from 'viem/siwe';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { SessionChallenge } from '#sdk/protocol/session';
import { type ChainClient, reasonOf } from '../chain/client.ts';
import { ChainUnavailableError } from '../chain/errors.ts';
import { AuthenticationError } from './refusals.ts';

/** Who signed, and when what was signed ends, Unix milliseconds; undefined where the message does not say. */
export interface SignedIn {
  readonly account: Address;
  readonly until: number | undefined;
}

/**
 * Finds out which account signed in (EIP-4361): an account with a private key, or a contract (ERC-1271; ERC-6492 for
 * one that is not deployed yet), which the chain is asked about.
 *
 * @param message The EIP-4361 message as it was signed.
 * @param now Unix milliseconds.
 * @throws {@link AuthenticationError}, {@link ChainUnavailableError} where only the chain could tell.
 */
export async function authenticate(
  message: string,
  signature: Hex,
  challenge: SessionChallenge,
  now: number,
  client: ChainClient
): Promise<SignedIn> {
  const fields = parseSiweMessage(message);
  const { address } = fields;
  if (address === undefined) {
    throw new AuthenticationError('Sign a message in the form of EIP-4361 that names your account.');
  }
  if (fields.domain !== challenge.domain) {
    throw new AuthenticationError(`Sign a message for the domain ${challenge.domain}; this one is for another.`);
  }
  if (fields.nonce !== challenge.nonce) {
    throw new AuthenticationError('Sign a message that contains the nonce of the challenge.');
  }
  if (fields.chainId !== challenge.chainId) {
    throw new AuthenticationError(`Sign a message for chain ${String(challenge.chainId)}.`);
  }
  if (!validateSiweMessage({ message: fields, time: new Date(now) })) {
    throw new AuthenticationError('The message is not valid now: check its version, its times and your clock.');
  }
  const signedIn = { account: address.toLowerCase() as Address, until: fields.expirationTime?.getTime() };
  if (await isSignedByKey(message, signature, address)) return signedIn;
  let valid: boolean;
  try {
    valid = await client.verifyMessage({ address, message, signature });
  } catch (error) {
    throw new ChainUnavailableError(`The chain could not be asked about the signature: ${reasonOf(error)}`);
  }
  if (!valid) throw new AuthenticationError(`The signature over the message is not one of ${address}.`);
  return signedIn;
}

async function isSignedByKey(message: string, signature: Hex, address: Address): Promise<boolean> {
  if (signature.length !== 132) return false;
  try {
    return isAddressEqual(await recoverMessageAddress({ message, signature }), address);
  } catch {
    // No signature of a key; it may still be one of a contract.
    return false;
  }
}
