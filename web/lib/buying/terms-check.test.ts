import { createHash } from 'node:crypto';
import { encodeAbiParameters, getAbiItem, zeroAddress, zeroHash } from 'viem';
import { afterEach, expect, test, vi } from 'vitest';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { checkTerms, readTerms, TermsAwayError, type TermsReference } from './terms-check.ts';

const terms = 'You may use the data.\n';
const sha256 = (text: string) => `0x${createHash('sha256').update(text).digest('hex')}` as const;
const account = `0x${'a'.repeat(40)}` as const;
const reference: TermsReference = {
  termsCid: 'bafkreiterms',
  termsHash: sha256(terms),
  offerId: `0x${'b'.repeat(64)}`,
  listedInBlock: 12,
  contract: account,
  topic: `0x${'c'.repeat(64)}`
};

/** The data of an OfferListed log, encoded as the contract does. */
function logData(termsHash: `0x${string}`): string {
  const { inputs } = getAbiItem({ abi: dataLicenseAbi, name: 'OfferListed' });
  const offer = {
    seller: account,
    productNumber: 1n,
    beneficiary: account,
    pricePerSecond: 5n,
    minimumPeriod: 60,
    maximumPeriod: 3600,
    boundary: 60,
    feeBasisPoints: 500,
    settlement: 0,
    oracle: zeroAddress,
    events: 0n,
    deliveryPeriod: 0,
    attestationSchema: zeroHash,
    termsHash,
    attesters: [],
    streams: [account]
  };
  const unindexed = inputs.filter((input) => !('indexed' in input && input.indexed));
  return encodeAbiParameters(unindexed, [offer, 3n, sha256('document')]);
}

/** Answers the page's requests as the market's origin would. */
function answer(content: Response, logs: unknown): void {
  vi.stubGlobal('fetch', (address: string) =>
    Promise.resolve(address === '/rpc' ? Response.json({ jsonrpc: '2.0', id: 1, result: logs }) : content)
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('finds the same hash in the document and in the log of the listing', async () => {
  answer(new Response(terms), [{ data: logData(sha256(terms)) }]);
  const check = await checkTerms(reference);
  expect(check).toEqual({ text: terms, size: 22, computed: sha256(terms), onChain: sha256(terms) });
});

test('computes the hash of what really came', async () => {
  answer(new Response('Other terms.'), [{ data: logData(sha256(terms)) }]);
  const check = await checkTerms(reference);
  expect(check.computed).toBe(sha256('Other terms.'));
  expect(check.onChain).toBe(sha256(terms));
});

test.each([[[]], [undefined], [[{ data: '0x' }]], [[{ data: 'rubbish' }]]])(
  'says that the chain did not tell when it answers %j',
  async (logs) => {
    answer(new Response(terms), logs);
    expect((await checkTerms(reference)).onChain).toBeNull();
  }
);

test('refuses a document that is missing or too large for terms', async () => {
  answer(new Response('', { status: 404 }), []);
  await expect(checkTerms(reference)).rejects.toThrow(TermsAwayError);
  answer(new Response('x'.repeat(128 * 1024 + 1)), []);
  await expect(checkTerms(reference)).rejects.toThrow('128 KiB');
});

test('tells the terms of an offer from others', async () => {
  answer(new Response(terms), []);
  expect(await readTerms(reference)).toEqual({ text: terms, genuine: true });
  answer(new Response('Other terms.'), []);
  expect(await readTerms(reference)).toEqual({ text: 'Other terms.', genuine: false });
});
