import { expect, it } from 'vitest';
import { fieldRows } from './field-types.ts';

it('says of each field what description and sample tell', () => {
  const rows = fieldRows({
    fields: [
      { name: 'level', description: 'Height of the water', unit: 'm' },
      { name: 'note', description: '' }
    ],
    sample: [
      { level: 2.4, gate: 'open', at: { lat: 1 }, ok: true },
      { level: 2.9, gate: 'shut', at: null, ok: 'maybe' }
    ]
  });
  expect(rows).toEqual([
    { name: 'level', description: 'Height of the water', unit: 'm', type: 'number', seen: '2.4 to 2.9' },
    { name: 'note', description: '', unit: undefined, type: null, seen: '' },
    { name: 'gate', description: '', unit: undefined, type: 'text', seen: 'open, shut' },
    { name: 'at', description: '', unit: undefined, type: 'object', seen: '' },
    { name: 'ok', description: '', unit: undefined, type: 'mixed', seen: '' }
  ]);
});

it('names few words and cuts long ones', () => {
  const [row] = fieldRows({ fields: [], sample: ['a', 'b', 'c'.repeat(40), 'd'].map((word) => ({ word })) });
  expect(row?.seen).toBe(`a, b, ${'c'.repeat(24)}…, …`);
});
