import { expect, it } from 'vitest';
import { karmaLine } from './karma-line.ts';

const data = (points: number) => `${String(points)}000000000000000000`;

it('parts what was from what will be', () => {
  const line = karmaLine(
    [
      { at: 0, points: '0' },
      { at: 50, points: data(8) },
      { at: 100, points: data(4) }
    ],
    50
  );
  expect(line).toEqual({ past: 'M0.0 98.0L50.0 4.0', future: 'M50.0 4.0L100.0 51.0', now: 50, most: 8n * 10n ** 18n });
});

it('draws nothing where there was never any', () => {
  expect(karmaLine([], 0)).toBeNull();
  expect(
    karmaLine(
      [
        { at: 0, points: '0' },
        { at: 9, points: '0' }
      ],
      5
    )
  ).toBeNull();
});
