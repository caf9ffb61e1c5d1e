import { expect, it } from 'vitest';
import { readPositions, writePositions } from './live-events.ts';

it('reads positions that it wrote, and nothing else', () => {
  const positions = new Map([
    [0, 17],
    [1023, 9_007_199_254_740_991]
  ]);
  expect(writePositions(positions)).toBe('0:17,1023:9007199254740991');
  expect(readPositions(writePositions(positions))).toEqual(positions);
  for (const other of [
    '',
    '0',
    '0:',
    ':1',
    '0:1,',
    '0:1,0:2',
    '0:-1',
    '0:1.5',
    '0:9007199254740992',
    '0:1;1:2',
    ' 0:1'
  ]) {
    expect([other, readPositions(other)]).toEqual([other, null]);
  }
});
