import { encodeAbiParameters, encodeEventTopics, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { streamAbi } from '#contracts/generated/stream';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { RawLog } from './chain.ts';
import { contractsOf, decodeLog } from './market-logs.ts';

const stream = `0x${'ab'.repeat(20)}` as const;
const log = (topics: readonly unknown[], data: Hex): RawLog => ({
  address: `0x${'01'.repeat(20)}`,
  topics: topics.map((topic) => String(topic) as Hex),
  data,
  blockNumber: 5,
  blockHash: `0x${'02'.repeat(32)}`,
  transactionHash: `0x${'03'.repeat(32)}`,
  logIndex: 0
});
const created = (name: string) =>
  log(
    encodeEventTopics({ abi: streamRegistryAbi, eventName: 'StreamCreated', args: { stream, owner: stream } }),
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'string' }, { type: 'uint32' }, { type: 'uint32' }],
      [name, 'text', 60, 1]
    )
  );

describe('decodeLog', () => {
  it('gives addresses in lowercase, and text as it is', () => {
    expect(decodeLog(created('0xABCD'), 'registry', 9)).toMatchObject({
      eventName: 'StreamCreated',
      args: { stream, name: '0xABCD', slotDuration: 60 },
      block: 5,
      timestamp: 9
    });
  });

  it('takes NUL out of text, since Postgres cannot hold it', () => {
    expect(decodeLog(created('a\0b'), 'registry', 9)?.args).toMatchObject({ name: 'ab' });
  });

  it('takes a log only from the kind of contract that emits it', () => {
    expect(decodeLog(created('x'), 'stream', 9)).toBeNull();
    expect(decodeLog(created('x'), 'license', 9)).toBeNull();
  });

  it.each([
    ['without topics', []],
    ['with too few topics', encodeEventTopics({ abi: streamAbi, eventName: 'PermissionChanged' })],
    ['with an unknown topic', [`0x${'9'.repeat(64)}`]]
  ])('refuses a log %s', (_, topics) => {
    expect(decodeLog(log(topics, '0x'), 'stream', 9)).toBeNull();
  });

  it('refuses data that is cut off', () => {
    const whole = created('x');
    expect(decodeLog({ ...whole, data: whole.data.slice(0, 70) as Hex }, 'registry', 9)).toBeNull();
    expect(decodeLog({ ...whole, data: '0x' }, 'registry', 9)).toBeNull();
  });
});

describe('the contracts of a deployment', () => {
  const address = (digit: string) => `0x${digit.repeat(40)}` as const;
  const contracts = {
    DATAcoin: address('1'),
    StreamRegistry: address('2'),
    DataLicense: address('3'),
    DeliveryEscrow: address('4'),
    Karma: address('5'),
    Wishlist: address('6'),
    AttestationResolver: null,
    AttestationService: null,
    CounterfactualPurchaseFactory: null,
    DeliveryOracle: null
  };

  it('are those whose logs are read, where the chain has them', () => {
    const deployment = {
      chainId: 1,
      genesisHash: `0x${'0'.repeat(64)}` as const,
      startBlock: 0,
      feeBasisPoints: 0,
      karmaHalfLife: 1,
      contracts,
      schemas: { domain: null, organisation: null, ensName: null, knownBuyer: null }
    };
    expect([...contractsOf(deployment).values()]).toEqual(['registry', 'license', 'escrow', 'karma', 'wishlist']);
    const whole = { ...contracts, AttestationResolver: address('7'), DeliveryOracle: address('8') };
    const all = contractsOf({ ...deployment, contracts: whole });
    expect(all.get(address('8'))).toBe('oracle');
    expect(all.get(address('7'))).toBe('resolver');
  });

  it('emit indexed numbers of any size', () => {
    const offerId = `0x${'ab'.repeat(32)}` as const;
    const since = 2n ** 256n - 1n;
    const released = log(
      encodeEventTopics({
        abi: deliveryEscrowAbi,
        eventName: 'DeliveryReleased',
        args: { offerId, productId: offerId, since }
      }),
      encodeAbiParameters(
        [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bool' }],
        [2n, 3n, 4n, 5n, true]
      )
    );
    expect(decodeLog(released, 'escrow', 9)?.args).toMatchObject({ offerId, since, until: 2n, fee: 5n, final_: true });
    expect(decodeLog(released, 'license', 9)).toBeNull();
  });
});
