import { getAbiItem, zeroHash } from 'viem';
import { attestationServiceAbi } from '#contracts/generated/attestationService';
import type { Market } from '#sdk/actions/connect-market';
import { searchLogs } from '#sdk/actions/search-logs';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import type { Offer } from '#sdk/protocol/offer';
import type { Address, Hex } from '#sdk/protocol/primitives';

/**
 * The account's attestation that an offer demands, as the attestation service itself has it: by the schema, by one of
 * the attesters, neither revoked nor expired.
 *
 * @param now Unix seconds.
 * @returns Its uid; zero where the offer demands none; null where the account has none that holds.
 * @throws ChainUnreachableError of the sdk.
 */
export async function findAttestation(
  { publicClient, deployment }: Market,
  offer: Pick<Offer, 'attestationSchema' | 'attesters'>,
  account: Address,
  now: number
): Promise<Hex | null> {
  if (offer.attestationSchema === zeroHash) return zeroHash;
  const address = deployment.contracts.AttestationService;
  if (address === null) return null;
  try {
    const logs = await searchLogs({
      client: publicClient,
      address,
      event: getAbiItem({ abi: attestationServiceAbi, name: 'Attested' }),
      args: { recipient: account, attester: [...offer.attesters], schemaUID: offer.attestationSchema },
      // The service is older than the market, and attestations may be too.
      fromBlock: 0n,
      toBlock: await publicClient.getBlockNumber()
    });
    // The newest first: it holds longest, most likely.
    for (const { args } of logs.toReversed().slice(0, 50)) {
      const found = await publicClient.readContract({
        address,
        abi: attestationServiceAbi,
        functionName: 'getAttestation',
        args: [args.uid]
      });
      const expired = found.expirationTime !== 0n && found.expirationTime <= BigInt(now);
      if (found.revocationTime === 0n && !expired) return args.uid;
    }
    return null;
  } catch (error) {
    throw translateChainError(error, attestationServiceAbi);
  }
}
