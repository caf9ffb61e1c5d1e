import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import satori from 'satori';
import sharp from 'sharp';
import type { Category } from '#sdk/protocol/product-document';

/** What a social card shows of a product. */
export interface CardContent {
  readonly name: string;
  readonly summary: string;
  readonly category: Category;
  readonly categoryName: string;
  /** "by Harbour office", or the address. */
  readonly seller: string;
  /** "0.5 DATA / day" */
  readonly price: string;
}

/** Pixels, as Open Graph and the messengers expect them. */
export const cardSize = { width: 1200, height: 630 } as const;

/** The dark hues of app.css: a card stands alone, without a theme. */
const hues: Record<Category, string> = {
  finance: '#f0b840',
  transport: '#80b2ff',
  weather: '#4fd1d9',
  social: '#f08bcb',
  sensors: '#7bd88f',
  science: '#b49cff',
  energy: '#ff9a62',
  other: '#9db4bc'
};

interface Element {
  readonly type: string;
  readonly props: { readonly style?: Record<string, string | number>; readonly children?: unknown };
}
const box = (style: Record<string, string | number>, ...children: unknown[]): Element => ({
  type: 'div',
  props: { style: { display: 'flex', ...style }, children }
});

type Font = Parameters<typeof satori>[1]['fonts'][number];
let fonts: Font[] | undefined;

/** Inter in the scripts that it has; read once. */
function loadFonts(): Font[] {
  if (fonts !== undefined) return fonts;
  const files = createRequire(import.meta.url);
  const read = (script: string, weight: 400 | 600): Font => ({
    name: `Inter ${script}`,
    data: readFileSync(files.resolve(`@fontsource/inter/files/inter-${script}-${String(weight)}-normal.woff`)),
    weight,
    style: 'normal'
  });
  fonts = ['latin', 'latin-ext', 'cyrillic', 'greek'].flatMap((script) => [read(script, 400), read(script, 600)]);
  return fonts;
}

/** At most so many letters, cut between words. */
export function shorten(text: string, most: number): string {
  const letters = Array.from(text.replace(/\s+/g, ' ').trim());
  if (letters.length <= most) return letters.join('');
  const cut = letters.slice(0, most - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > most / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:.]+$/, '')}…`;
}

/** Three streams that meet: the mark of the market, drawn as an image. */
const mark = `data:image/svg+xml;base64,${Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="80" height="80" fill="none" stroke-width="3.4" stroke-linecap="round"><path d="M3 6c12 0 12 14 24 14h10" stroke="#4fd1d9"/><path d="M3 20h34" stroke="#80b2ff"/><path d="M3 34c12 0 12-14 24-14h10" stroke="#7bd88f"/></svg>'
).toString('base64')}`;

/**
 * A product's card for whoever shares its address.
 *
 * @returns A PNG of {@link cardSize}.
 */
export async function drawCard(content: CardContent): Promise<Uint8Array> {
  const hue = hues[content.category];
  const name = shorten(content.name, 90);
  const tree = box(
    {
      width: '100%',
      height: '100%',
      flexDirection: 'column',
      justifyContent: 'space-between',
      padding: 64,
      background: 'linear-gradient(135deg, #07161a 55%, #0f343a)',
      color: '#e6f0ef',
      fontFamily: 'Inter latin, Inter latin-ext, Inter cyrillic, Inter greek',
      borderLeft: `14px solid ${hue}`
    },
    box(
      { alignItems: 'center', justifyContent: 'space-between', fontSize: 30 },
      box({ alignItems: 'center', gap: 18, color: hue, fontWeight: 600 }, content.categoryName),
      box(
        { alignItems: 'center', gap: 18, fontWeight: 600 },
        { type: 'img', props: { src: mark, width: 52, height: 52 } },
        'Tributary'
      )
    ),
    box(
      { flexDirection: 'column', gap: 24 },
      box({ fontSize: name.length > 46 ? 58 : 74, fontWeight: 600, lineHeight: 1.08, letterSpacing: -2 }, name),
      box({ fontSize: 32, lineHeight: 1.35, color: '#a9bdc1' }, shorten(content.summary, 150))
    ),
    box(
      { alignItems: 'flex-end', justifyContent: 'space-between', fontSize: 32 },
      box({ color: '#a9bdc1' }, shorten(content.seller, 44)),
      box(
        { padding: '12px 28px', borderRadius: 999, background: hue, color: '#07161a', fontWeight: 600 },
        content.price
      )
    )
  );
  // The type is React's; satori reads plain objects of this shape.
  const svg = await satori(tree as unknown as Parameters<typeof satori>[0], { ...cardSize, fonts: loadFonts() });
  return sharp(Buffer.from(svg)).png({ palette: true, colours: 128 }).toBuffer();
}
