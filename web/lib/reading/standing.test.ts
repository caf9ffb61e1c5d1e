import { describe, expect, it } from 'vitest';
import type { LicenseRecord } from '#sdk/protocol/discovery';
import { standingOf, type StandingParameters } from './standing.ts';

const now = 1_800_000_000_000;
const publicKey = `0x${'ab'.repeat(32)}` as const;
const license: LicenseRecord = {
  offerId: `0x${'01'.repeat(32)}`,
  productId: `0x${'02'.repeat(32)}`,
  licensee: `0x${'03'.repeat(20)}`,
  seller: `0x${'04'.repeat(20)}`,
  productName: 'Bus positions',
  streams: [`0x${'05'.repeat(20)}`],
  from: now / 1000 - 600,
  until: now / 1000 + 600,
  publicKey,
  paid: '1',
  refunded: '0',
  spent: '0',
  settledUntil: null,
  endedEarly: null,
  attestation: null,
  flag: null,
  purchases: 1,
  purchasedAt: { number: 7, timestamp: now / 1000 - 600 },
  transactionHash: `0x${'06'.repeat(32)}`
};
const buyer: StandingParameters = {
  publicRead: false,
  known: true,
  connected: true,
  licenses: [license],
  held: new Set([publicKey]),
  keys: 'held',
  now
};

describe('standingOf', () => {
  it('lets anybody read a public stream, before it is known who they are', () => {
    expect(standingOf({ ...buyer, publicRead: true, known: false, connected: false }).kind).toBe('public');
  });
  it('tells strangers, and accounts without a licence, apart', () => {
    expect(standingOf({ ...buyer, connected: false, keys: 'no-reader' }).kind).toBe('stranger');
    expect(standingOf({ ...buyer, licenses: [], keys: 'no-reader' }).kind).toBe('unlicensed');
  });
  it('waits for the key after a purchase, then reads', () => {
    expect(standingOf({ ...buyer, keys: 'waiting' }).kind).toBe('waiting');
    expect(standingOf(buyer).kind).toBe('readable');
  });
  it('says that the key lies in another browser', () => {
    expect(standingOf({ ...buyer, held: new Set(), keys: 'no-reader' }).kind).toBe('key-elsewhere');
  });
  it('ends with the second at which the licence ends', () => {
    expect(standingOf({ ...buyer, now: license.until * 1000 - 1 }).kind).toBe('readable');
    expect(standingOf({ ...buyer, now: license.until * 1000 }).kind).toBe('ended');
  });
  it('counts the licence that ends last', () => {
    const ended = { ...license, offerId: `0x${'09'.repeat(32)}`, until: now / 1000 - 5 } as const;
    expect(standingOf({ ...buyer, licenses: [ended, license] }).kind).toBe('readable');
  });
});
