import { describe, expect, test } from 'vitest';
import { boundExecution } from './execution-bounds.ts';

const most = '0x2faf080';

describe('what a call may burn', () => {
  test.each([['0xffffffffffff'], [1e12], ['281474976710655'], ['much'], [{ gas: 1 }], [true]])(
    'is lowered from %s',
    (gas) => {
      for (const method of ['eth_call', 'eth_estimateGas', 'eth_createAccessList'])
        expect(boundExecution(method, [{ to: '0x1', gas }, 'latest'])).toEqual([{ to: '0x1', gas: most }, 'latest']);
    }
  );

  test('is left alone where it is little, or not said', () => {
    for (const transaction of [{ gas: '0x5208' }, { gas: 21_000 }, { gas: null }, { to: '0x1' }])
      expect(boundExecution('eth_call', [transaction, 'latest'])).toEqual([transaction, 'latest']);
  });

  test('cannot be raised by overrides of the block; those of the state stay', () => {
    const state = { '0x1': { balance: '0x1' } };
    const block = { gasLimit: '0xffffffffffff' };
    expect(boundExecution('eth_call', [{}, 'latest', state, block])).toEqual([{}, 'latest', state]);
    expect(boundExecution('eth_estimateGas', [{ gas: '0x1' }, 'latest', state, block])).toHaveLength(3);
  });

  test('is no matter of methods that run nothing', () => {
    const parameters = [1, 2, 3, 4, { gas: '0xffffffffffff' }];
    expect(boundExecution('eth_feeHistory', parameters)).toBe(parameters);
  });
});
