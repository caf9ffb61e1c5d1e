import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '#sdk/protocol/deployment';
import { fillManifest, networkName, SubgraphBuildError } from './subgraph.ts';

const template = readFileSync(new URL('../../subgraph/subgraph.yaml', import.meta.url), 'utf8');
const deployment: Deployment = {
  chainId: 11155111,
  genesisHash: `0x${'25'.repeat(32)}`,
  startBlock: 4711,
  feeBasisPoints: 500,
  karmaHalfLife: 31_536_000,
  contracts: {
    DATAcoin: `0x${'aa'.repeat(20)}`,
    StreamRegistry: `0x${'bb'.repeat(20)}`,
    DataLicense: `0x${'cc'.repeat(20)}`,
    DeliveryEscrow: `0x${'dd'.repeat(20)}`,
    Karma: `0x${'ee'.repeat(20)}`,
    Wishlist: `0x${'ff'.repeat(20)}`,
    AttestationResolver: `0x${'ab'.repeat(20)}`,
    AttestationService: `0x${'ac'.repeat(20)}`,
    CounterfactualPurchaseFactory: `0x${'ae'.repeat(20)}`,
    DeliveryOracle: `0x${'ad'.repeat(20)}`
  },
  schemas: { domain: null, organisation: null, ensName: null, knownBuyer: null }
};

describe('the manifest of a deployment', () => {
  it('names its network, contracts and start block in every data source', () => {
    const manifest = fillManifest(template, deployment);
    expect(manifest.match(/network: .*/g)).toEqual(Array(8).fill('network: sepolia'));
    const { DATAcoin: _, AttestationService: __, CounterfactualPurchaseFactory: ___, ...read } = deployment.contracts;
    expect(manifest.match(/address: .*/g)?.sort()).toEqual(
      Object.values(read)
        .map((address) => `address: '${String(address)}'`)
        .sort()
    );
    expect(manifest.match(/startBlock: .*/g)).toEqual(Array(7).fill('startBlock: 4711'));
  });

  it('fits a deployment in the first block', () => {
    expect(fillManifest(template, { ...deployment, startBlock: 0 })).toContain('startBlock: 0');
  });

  it('leaves out the data sources of contracts that the chain does not have', () => {
    const contracts = { ...deployment.contracts, AttestationResolver: null, DeliveryOracle: null };
    const manifest = fillManifest(template, { ...deployment, contracts });
    expect(manifest.match(/^ {4}name: .*/gm)).toEqual([
      '    name: StreamRegistry',
      '    name: DataLicense',
      '    name: DeliveryEscrow',
      '    name: Karma',
      '    name: Wishlist',
      '    name: Stream',
      '    name: ProductDocument'
    ]);
    expect(manifest).toContain('\ntemplates:\n');
    expect(manifest).not.toContain('AttestationRecorded');
    expect(manifest.length).toBeLessThan(template.length);
  });

  it('refuses a template in which a place is missing', () => {
    expect(() => fillManifest(template.replaceAll('startBlock: 0', ''), deployment)).toThrow(SubgraphBuildError);
    expect(() => fillManifest('', deployment)).toThrow(SubgraphBuildError);
  });

  it('calls chains as the network of The Graph does, others by their number', () => {
    expect(networkName(1)).toBe('mainnet');
    expect(networkName(31337)).toBe('eip155-31337');
  });

  it('handles every event that the contracts can emit', () => {
    for (const contract of [
      'StreamRegistry',
      'Stream',
      'DataLicense',
      'DeliveryEscrow',
      'Karma',
      'Wishlist',
      'AttestationResolver',
      'ThresholdDeliveryOracle'
    ]) {
      const abi = JSON.parse(
        readFileSync(new URL(`../../contracts/generated/abi/${contract}.json`, import.meta.url), 'utf8')
      ) as { type: string; name?: string }[];
      for (const { type, name } of abi) {
        // of the oracle's EIP-712 domain, which never changes
        if (type === 'event' && name !== 'EIP712DomainChanged')
          expect(template).toMatch(new RegExp(`event: ${String(name)}\\(`));
      }
    }
  });
});
