import sharp from 'sharp';
import { expect, it } from 'vitest';
import { cardSize, drawCard, shorten, type CardContent } from './card-drawing.ts';

const content: CardContent = {
  name: 'Water level of the Rhine at Basel',
  summary: 'Every second, from a gauge that has stood there since 1869.',
  category: 'sensors',
  categoryName: 'Sensors',
  seller: 'by Harbour office',
  price: '86.4 DATA / day'
};

it('draws a PNG of the size that messengers expect', async () => {
  const card = await drawCard(content);
  expect(await sharp(card).metadata()).toMatchObject({ ...cardSize, format: 'png' });
  expect(card.length).toBeLessThan(300_000);
  // the price stands on the colour of its category
  const { data } = await sharp(card)
    .extract({ left: 1_100, top: 540, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [red = 0, green = 0] = data;
  expect(green).toBeGreaterThan(red);
});

it('draws other scripts, markup and very long names', async () => {
  const name = '<b>Pegelstände</b> & уровень στάθμη 水位 🌊 '.repeat(6);
  expect((await sharp(await drawCard({ ...content, name, summary: name })).metadata()).width).toBe(cardSize.width);
});

it('cuts between words', () => {
  expect(shorten('one two three', 13)).toBe('one two three');
  expect(shorten('one two, three', 10)).toBe('one two…');
  expect(shorten('a'.repeat(50), 10)).toBe(`${'a'.repeat(9)}…`);
});
