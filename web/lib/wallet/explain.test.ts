import { describe, expect, it } from 'vitest';
import { InsufficientDatacoinError } from '#sdk/actions/chain-errors';
import { explain } from './explain.ts';

describe('explain', () => {
  it('lets the project’s own errors speak for themselves', () => {
    const { title, detail } = explain(new InsufficientDatacoinError(10n ** 18n, 3n * 10n ** 18n));
    expect(title).toBe('Not enough DATAcoin');
    expect(detail).toContain('You have 1 DATA and the licence costs 3 DATA');
  });

  it('knows a refusal of the wallet however deep it is wrapped', () => {
    const refusal = Object.assign(new Error('denied'), { code: 4001 });
    const wrapped = new Error('outer', { cause: new Error('inner', { cause: refusal }) });
    expect(explain(wrapped).title).toBe('You declined in your wallet');
    expect(explain({ code: -32002 }).title).toBe('Your wallet is waiting');
  });

  it('says nothing of the internals of anything else', () => {
    const { title, detail } = explain(new TypeError('cannot read properties of undefined'));
    expect(`${title} ${detail}`).not.toContain('undefined');
    expect(explain(undefined).title).toBe('Something went wrong');
  });
});
