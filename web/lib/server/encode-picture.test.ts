import sharp from 'sharp';
import { expect, it } from 'vitest';
import { pictureSet, variantOf } from '../pictures/variants.ts';
import { encodePicture, PictureRefusedError } from './encode-picture.ts';

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#087782' }, limitInputPixels: false });

it('encodes anew, never larger, without metadata', async () => {
  const jpeg = await plain(900, 600)
    .withExif({ IFD0: { Copyright: 'where I live' } })
    .jpeg()
    .toBuffer();
  expect((await sharp(jpeg).metadata()).exif).toBeDefined();
  for (const format of ['webp', 'avif'] as const) {
    const small = await sharp(await encodePicture(jpeg, { width: 320, format })).metadata();
    expect(small).toMatchObject({ width: 320, height: 213, format: format === 'avif' ? 'heif' : 'webp' });
    expect(small.exif).toBeUndefined();
  }
  expect((await sharp(await encodePicture(jpeg, { width: 1280, format: 'webp' })).metadata()).width).toBe(900);
});

it('refuses what could act, move or burst', async () => {
  const refused = (bytes: Uint8Array) =>
    expect(encodePicture(bytes, { width: 320, format: 'webp' })).rejects.toThrow(PictureRefusedError);
  await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'));
  await refused(Buffer.from('no picture at all'));
  await refused(await plain(4, 4).gif().toBuffer());
  // a few hundred kilobytes that would be 400 MB
  await refused(await plain(10_000, 10_000).png({ compressionLevel: 9 }).toBuffer());
  const frames = await sharp(
    [
      await plain(4, 4).png().toBuffer(),
      await sharp({ create: { width: 4, height: 4, channels: 3, background: '#f00' } })
        .png()
        .toBuffer()
    ],
    { join: { animated: true } }
  )
    .webp()
    .toBuffer();
  expect((await sharp(frames).metadata()).pages).toBe(2);
  await refused(frames);
  await refused((await plain(50, 50).png().toBuffer()).subarray(0, 80));
});

it('knows its own paths and no others', () => {
  const cid = `b${'a'.repeat(58)}`;
  expect(pictureSet(cid, 'webp').split(', ')[0]).toBe(`/images/${cid}/320.webp 320w`);
  expect(variantOf('640.avif')).toEqual({ width: 640, format: 'avif' });
  for (const other of ['641.avif', '640.svg', '640', '0640.webp.png', '../640.webp'])
    expect(variantOf(other)).toBeNull();
});
