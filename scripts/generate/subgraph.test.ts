import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '#sdk/protocol/deployment';
import { fillManifest, networkName, SubgraphBuildError } from './subgraph.ts';

const template = readFileSync(new URL('../../subgraph/subgraph.yaml', import.meta.url), 'utf8');
const deployment: Deployment = {
  chainId: 11155111,
  genesisHash: `0x${'25'.repeat(32)}`,
  startBlock: 4711,
  contracts: {
    DATAcoin: `0x${'aa'.repeat(20)}`,
    StreamRegistry: `0x${'bb'.repeat(20)}`,
    DataLicense: `0x${'cc'.repeat(20)}`
  }
};

describe('the manifest of a deployment', () => {
  it('names its network, contracts and start block in every data source', () => {
    const manifest = fillManifest(template, deployment);
    expect(manifest.match(/network: .*/g)).toEqual(['network: sepolia', 'network: sepolia', 'network: sepolia']);
    expect(manifest.match(/address: .*/g)).toEqual([
      `address: '${deployment.contracts.StreamRegistry}'`,
      `address: '${deployment.contracts.DataLicense}'`
    ]);
    expect(manifest.match(/startBlock: .*/g)).toEqual(['startBlock: 4711', 'startBlock: 4711']);
  });

  it('fits a deployment in the first block', () => {
    expect(fillManifest(template, { ...deployment, startBlock: 0 })).toContain('startBlock: 0');
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
    for (const contract of ['StreamRegistry', 'Stream', 'DataLicense']) {
      const abi = JSON.parse(
        readFileSync(new URL(`../../contracts/generated/abi/${contract}.json`, import.meta.url), 'utf8')
      ) as { type: string; name?: string }[];
      for (const { type, name } of abi) {
        if (type === 'event') expect(template).toMatch(new RegExp(`event: ${String(name)}\\(`));
      }
    }
  });
});
