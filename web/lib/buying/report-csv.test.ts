import { expect, it } from 'vitest';
import { inLanguage } from '../server/language.ts';
import { reportCsv, type AccountEntry } from './report-csv.ts';

const entry: AccountEntry = {
  kind: 'purchase',
  timestamp: 1_800_000_000,
  blockNumber: 12n,
  transactionHash: `0x${'1'.repeat(64)}`,
  productId: `0x${'2'.repeat(64)}`,
  offerId: `0x${'3'.repeat(64)}`,
  product: 'Water, "Rhine"',
  payer: `0x${'4'.repeat(40)}`,
  from: 1_800_000_000,
  until: 1_800_003_600,
  wei: -1_234_500_000_000_000_000_001n
};

it('writes every digit of what was paid and what flowed back', () => {
  const [head, paid, back] = reportCsv([
    entry,
    { ...entry, kind: 'refund', wei: 5n * 10n ** 17n, from: null, payer: '', product: 'Plain' }
  ]).split('\r\n');
  expect(head).toBe('date,kind,product,from,until,data,wei,payer,transaction,block,product_id,offer_id');
  expect(paid?.startsWith('2027-01-15T08:00:00.000Z,purchase,"Water, ""Rhine""",')).toBe(true);
  expect(paid).toContain(',-1234.500000000000000001,-1234500000000000000001,0x4444');
  expect(back).toContain('refund,Plain,,2027-01-15T09:00:00.000Z,0.5,500000000000000000,,0x1111');
});

it('lets no name of a product become a formula', () => {
  for (const product of ['=HYPERLINK("http://a")', '+1+1', '@sum(1)', '-cmd']) {
    expect(reportCsv([{ ...entry, product }]).split('\r\n')[1]).toMatch(/purchase,"?'[=+@-]/);
  }
});

it('is the same table in every language', () => {
  const english = reportCsv([entry]);
  for (const language of ['de', 'es'] as const) {
    expect(inLanguage(language, () => reportCsv([entry]))).toBe(english);
  }
});
