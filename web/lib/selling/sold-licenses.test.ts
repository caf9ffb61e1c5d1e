import { describe, expect, it } from 'vitest';
import type { LicenseRecord } from '#sdk/protocol/discovery';
import { soldCsv } from './sold-csv.ts';
import { figuresOfSold, findSold, pageWithin, soldPerPage } from './sold-licenses.ts';

const bytes32 = (digit: string): `0x${string}` => `0x${digit.repeat(64)}`;
const account = (digit: string): `0x${string}` => `0x${digit.repeat(40)}`;
const now = 10_000;

const license = (changes: Partial<LicenseRecord>): LicenseRecord => ({
  offerId: bytes32('1'),
  productId: bytes32('2'),
  licensee: account('a'),
  seller: account('b'),
  productName: 'Harbour wind',
  streams: [account('c')],
  from: 0,
  until: 3600,
  publicKey: bytes32('3'),
  paid: '1500000000000000000',
  refunded: '0',
  spent: '1500000000000000000',
  settledUntil: null,
  endedEarly: null,
  attestation: null,
  flag: null,
  purchases: 1,
  purchasedAt: { number: 7, timestamp: 0 },
  transactionHash: bytes32('4'),
  ...changes
});

const flag = {
  points: '1',
  reasonHash: bytes32('5'),
  reasonCid: 'bafkreif',
  at: 60,
  answerHash: null,
  answerCid: null
};
const ended = license({});
const running = license({ licensee: account('d'), until: now + 1, purchases: 3, refunded: '5' });
const flagged = license({ licensee: account('e'), productName: null, until: now, flag });
const all = [ended, running, flagged];

describe('licences sold', () => {
  it.each([
    ['all', all],
    ['running', [running]],
    ['ended', [ended, flagged]],
    ['flagged', [flagged]]
  ] as const)('are chosen by kind: %s', (kind, expected) => {
    expect(findSold(all, { text: '', kind, now })).toEqual(expected);
  });

  it('are found by licensee, name and id, in any case, when every word fits', () => {
    const find = (text: string) => findSold(all, { text, kind: 'all', now });
    expect(find(account('D').toUpperCase().replace('0X', '0x'))).toEqual([running]);
    expect(find('  WIND  ')).toEqual([ended, running]);
    expect(find('wind 0xddd')).toEqual([running]);
    expect(find(bytes32('2'))).toEqual(all);
    expect(find('wind rain')).toEqual([]);
  });

  it('come to sums, where the first purchase is no renewal', () => {
    expect(figuresOfSold(all, now)).toEqual({ running: 1, renewals: 2, paid: 45n * 10n ** 17n, refunded: 5n });
    expect(figuresOfSold([], now)).toEqual({ running: 0, renewals: 0, paid: 0n, refunded: 0n });
  });

  it('have no page after the last, nor before the first', () => {
    expect(pageWithin(3, 0)).toBe(0);
    expect(pageWithin(1, soldPerPage)).toBe(0);
    expect(pageWithin(1, soldPerPage + 1)).toBe(1);
    expect(pageWithin(9, soldPerPage * 2)).toBe(1);
    expect(pageWithin(-1, soldPerPage)).toBe(0);
  });

  it('are saved with every digit, times in UTC, and no formula of a product name', () => {
    const lines = soldCsv([license({ productName: '=HYPERLINK("x"),y', refunded: '1' }), flagged]).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(`"'=HYPERLINK(""x""),y",${bytes32('2')}`);
    expect(lines[1]).toContain('1970-01-01T00:00:00.000Z,1970-01-01T01:00:00.000Z,1,1.5,0.000000000000000001,1.5,,,');
    expect(lines[2]).toContain(',1.5,0,1.5,,1970-01-01T00:01:00.000Z,');
    expect(
      new Set(lines.slice(0, 2).map((line) => line.replace(/"[^"]*(?:""[^"]*)*"/g, '').split(',').length)).size
    ).toBe(1);
  });
});
