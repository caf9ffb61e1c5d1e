/** Widths in pixels in which pictures are served; none is made larger than it is. */
export const pictureWidths = [320, 640, 1280] as const;
export const pictureFormats = ['webp', 'avif'] as const;
export type PictureWidth = (typeof pictureWidths)[number];
export type PictureFormat = (typeof pictureFormats)[number];

/** CIDv1 of one block, as documents name pictures: raw or UnixFS, SHA-256, base32. */
export const pictureCidPattern = /^b[a-z2-7]{58}$/;

/** Path under which a picture is served. */
export const picturePath = (cid: string, width: PictureWidth, format: PictureFormat): string =>
  `/images/${cid}/${String(width)}.${format}`;

/** Of a picture in all widths, as `srcset` has it. */
export const pictureSet = (cid: string, format: PictureFormat): string =>
  pictureWidths.map((width) => `${picturePath(cid, width, format)} ${String(width)}w`).join(', ');

/** Width and format that the last part of such a path names; null for any other. */
export function variantOf(name: string): { width: PictureWidth; format: PictureFormat } | null {
  const [, digits, suffix] = /^(\d{1,5})\.([a-z]{1,5})$/.exec(name) ?? [];
  const width = pictureWidths.find((one) => one === Number(digits));
  const format = pictureFormats.find((one) => one === suffix);
  return width === undefined || format === undefined ? null : { width, format };
}
