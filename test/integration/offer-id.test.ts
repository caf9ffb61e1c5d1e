import { createPublicClient, getAddress, http } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Deployment } from '#sdk/protocol/deployment';
import { authorizationNonceOf } from '#sdk/protocol/authorization';
import { contractOffer, offerIdOf, type Offer } from '#sdk/protocol/offer';
import type { Hex } from '#sdk/protocol/primitives';
import vectors from '../../sdk/protocol/vectors/identifiers.json' with { type: 'json' };
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';

let chain: RunningChain;
let deployment: Deployment;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  chain = await startChain({ port });
  deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
});
afterAll(() => chain.stop());

it.each(vectors.offers)('the contract gives offer $offerId the id of the vectors', async ({ offer: json, offerId }) => {
  const offer = {
    ...json,
    productNumber: BigInt(json.productNumber),
    pricePerSecond: BigInt(json.pricePerSecond),
    events: BigInt(json.events)
  } as Offer;
  const client = createPublicClient({ transport: http(chain.url) });
  const onChain = await client.readContract({
    address: getAddress(deployment.contracts.DataLicense),
    abi: dataLicenseAbi,
    functionName: 'offerIdOf',
    args: [contractOffer(offer)]
  });
  expect(onChain).toBe(offerId);
  expect(offerIdOf(offer)).toBe(onChain);
});

it.each(vectors.authorizations)('the contract gives the authorisation $nonce too', async (vector) => {
  const { offerId, buyer, purchase, nonce } = vector as typeof vector & { offerId: Hex; buyer: Hex };
  const bought = { ...purchase, until: BigInt(purchase.until) } as { until: bigint; publicKey: Hex; attestation: Hex };
  const client = createPublicClient({ transport: http(chain.url) });
  const onChain = (position: bigint) =>
    client.readContract({
      address: getAddress(deployment.contracts.DataLicense),
      abi: dataLicenseAbi,
      functionName: 'authorizationNonce',
      args: [offerId, buyer, { ...bought, position }]
    });
  expect(await onChain(0n)).toBe(nonce);
  // Where the offer stands is not what the buyer agrees to.
  expect(await onChain(7n)).toBe(nonce);
  expect(authorizationNonceOf(offerId, buyer, bought)).toBe(nonce);
});
