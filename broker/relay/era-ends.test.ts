import { expect, it } from 'vitest';
import type { Grant } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';
import { EraEnds } from './era-ends.ts';
import type { EraStart } from './store/sealed-log.ts';

const stream: Address = `0x${'01'.repeat(20)}`;
const publisher: Address = `0x${'02'.repeat(20)}`;
const issuer: Address = `0x${'03'.repeat(20)}`;
const offerId = `0x${'00'.repeat(32)}` as const;

it('counts what issuers say who may grant now, and hears of more', async () => {
  const changes: EraStart[] = [{ era: 2, fromSlot: 20, issuer }];
  const grants: Partial<Grant>[] = [{ era: 1, fromSlot: 0, issuer, offerId }];
  const allowed = new Set<Address>([issuer]);
  let asked = 0;
  const ends = new EraEnds({
    sealedLog: {
      eraStarts: () => {
        asked += 1;
        return Promise.resolve([...changes]);
      },
      grants: () => Promise.resolve([...grants] as Grant[])
    },
    streams: { ownUntil: (_stream, account) => Promise.resolve(allowed.has(account) ? 11 : 10) },
    isIssuer: (_stream, account) => account === publisher,
    clock: () => 10_500
  });
  const eras = async () => (await ends.startsOf(stream, publisher)).map(({ era }) => era);
  expect(await eras()).toEqual([2, 1]);
  expect(await eras()).toEqual([2, 1]);
  expect(asked).toBe(1);
  // A licence of the publisher says nothing of what it publishes under, nor does who may not grant.
  grants.push(
    { era: 9, fromSlot: 0, issuer, offerId: `0x${'07'.repeat(32)}` },
    { era: 3, fromSlot: 30, issuer, offerId }
  );
  changes.push({ era: 8, fromSlot: 0, issuer: stream }, { era: 4, fromSlot: 0, issuer: publisher });
  ends.grant({ stream, licensee: publisher });
  expect(await eras()).toEqual([2, 1, 3]);
  ends.eraChange({ stream });
  expect(await eras()).toEqual([2, 4, 1, 3]);
  changes.push({ era: 5, fromSlot: 0, issuer });
  ends.missed();
  expect(await eras()).toEqual([2, 4, 5, 1, 3]);
  allowed.clear();
  expect(await eras()).toEqual([4]);
});
