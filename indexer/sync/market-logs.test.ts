import { encodeAbiParameters, encodeEventTopics, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { RawLog } from './chain.ts';
import { decodeLog } from './market-logs.ts';

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
