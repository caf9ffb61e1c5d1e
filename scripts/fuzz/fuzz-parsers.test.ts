import { expect, it } from 'vitest';
import { fuzzParsers } from './fuzz-parsers.ts';

it('finds no input that a parser neither takes nor refuses', async () => {
  const results = await fuzzParsers({ inputs: 15_000, seed: 20_261_122 });
  for (const { name, inputs } of results) expect(inputs, name).toBeGreaterThan(50);
  // Inputs so wrong that all are refused would prove nothing.
  const taken = results.filter((result) => result.taken > 0).map(({ name }) => name);
  expect(taken).toEqual(expect.arrayContaining(['events', 'publish frames', 'batch signatures', 'grants', 'messages']));
}, 120_000);
