import { expect, it } from 'vitest';
import { gap, splitAtGaps } from './gap.ts';

it('takes a sentence apart at its gaps, wherever its language puts them', () => {
  expect(splitAtGaps(`You have ${gap('balance')} and it costs ${gap('price')}.`)).toEqual([
    { text: 'You have ' },
    { gap: 'balance' },
    { text: ' and it costs ' },
    { gap: 'price' },
    { text: '.' }
  ]);
  expect(splitAtGaps(`${gap('price')}${gap('balance')}`)).toEqual([{ gap: 'price' }, { gap: 'balance' }]);
  expect(splitAtGaps('Nothing to fill.')).toEqual([{ text: 'Nothing to fill.' }]);
  expect(splitAtGaps('')).toEqual([]);
});
