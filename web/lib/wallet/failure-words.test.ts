import { describe, expect, it } from 'vitest';
import * as chain from '#sdk/actions/chain-errors';
import { MarketRefusedError, MarketUnreachableError } from '#sdk/actions/market-errors';
import type { TributaryError } from '#sdk/protocol/problem';
import { inLanguage } from '../server/language.ts';
import { failureWords } from './failure-words.ts';

const hash = `0x${'1'.repeat(64)}` as const;
const failures: readonly TributaryError[] = [
  new chain.SignatureRejectedError(),
  new chain.InsufficientDatacoinError(10n ** 18n, 3n * 10n ** 18n),
  new chain.InsufficientEtherError(0n, 10n ** 15n),
  new chain.WrongChainError(1, 31337),
  new chain.OfferRetiredError(hash),
  new chain.ContractRefusedError('PeriodTooShort', [1n, 60n]),
  new chain.TransactionRevertedError(hash),
  new chain.TransactionNotConfirmedError(hash),
  new chain.TransactionReplacedError(hash, null, true),
  new chain.TransactionReplacedError(hash, hash, false),
  new chain.TransactionReplacedError(hash, null, false),
  new chain.TransactionDroppedError(hash),
  new chain.ChainUnreachableError(),
  new chain.WalletFailedError('busy'),
  new MarketUnreachableError('https://market.example')
];

describe.each(failures.map((failure) => [failure.message, failure] as const))('%s', (_, failure) => {
  it('says in English what the sdk says', () => {
    expect(failureWords(failure)).toEqual({ title: failure.title, detail: failure.message });
  });

  it.each(['de', 'es'] as const)('has a title of its own in %s', (language) => {
    const words = inLanguage(language, () => failureWords(failure));
    expect(words?.title).not.toBe(failure.title);
    expect(`${words?.title ?? ''} ${words?.detail ?? ''}`).not.toMatch(/undefined|null|\{/);
  });
});

it('knows what the market refused by its problem, and keeps its sentence', () => {
  const problem = { type: 'https://market.example/problems/name-unknown', status: 404, title: 'Unknown' };
  const refusal = new MarketRefusedError({ ...problem, detail: 'a.eth has no address record.' });
  expect(failureWords(refusal)).toEqual({
    title: 'This name leads to no account',
    detail: 'a.eth has no address record.'
  });
});

it('leaves alone what it does not know', () => {
  expect(failureWords(Object.assign(new Error('a'), { code: 'constructor', title: 'A' }))).toBeUndefined();
});
