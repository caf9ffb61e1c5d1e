import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/*
 * What the page of the design system looks like, as numbers: where every element of every component stands, its form,
 * and its colours. Pictures would differ from machine to machine, by fonts, antialiasing and graphics, and fail where
 * nothing changed; or allow so much that a moved line or a wrong colour passes. Boxes and computed styles do not, once
 * the letters are the same everywhere: the page is set in one font out of the packages before it is measured, and a
 * box may still be off by what rounding of letters' widths comes to.
 */

/** An element: what it is, [left, top, width, height] in its component in pixels, and its form: size and weight of letters, padding, radius. */
export type Placed = readonly [name: string, box: readonly [number, number, number, number], form: string];

/** By component, its elements in their order. */
export type Layout = Readonly<Record<string, readonly Placed[]>>;

/** By component, elements that bring a colour of their own: "button.primary #ffffff on #00606b, line #…". */
export type Colours = Readonly<Record<string, readonly string[]>>;

/** Pixels by which a box may be off: widths of letters are rounded differently by systems. */
const tolerance = 2;

/** Sets the page in a font that is the same everywhere. */
export async function setLetters(page: Page): Promise<void> {
  const font = createRequire(import.meta.url).resolve('@fontsource/inter/files/inter-latin-400-normal.woff2');
  await page.evaluate(async (bytes) => {
    const face = new FontFace('Measured', Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)).buffer);
    document.fonts.add(await face.load());
    for (const name of ['--sans', '--mono']) document.documentElement.style.setProperty(name, 'Measured');
    await document.fonts.ready;
  }, readFileSync(font).toString('base64'));
}

/** Measures the components of the page as it stands. */
export function readLayout(page: Page, components: readonly string[]): Promise<Layout> {
  return page.evaluate((names) => {
    const found: Record<string, Placed[]> = {};
    for (const name of names) {
      const stage = document.querySelector(`[data-specimen="${name}"]`);
      const origin = stage?.getBoundingClientRect();
      if (!stage || !origin) continue;
      found[name] = [...stage.querySelectorAll('*')]
        .filter((element) => !(element instanceof SVGElement) || element instanceof SVGSVGElement)
        .filter((element) => element.tagName !== 'OPTION')
        .map((element) => {
          // What is not shown stands nowhere: its box would tell how far the page was scrolled.
          const shown = element.getClientRects().length > 0;
          const { left, top, width, height } = shown
            ? element.getBoundingClientRect()
            : new DOMRect(origin.left, origin.top);
          const style = getComputedStyle(element);
          const classes = [...element.classList].filter((one) => !one.startsWith('svelte-'));
          const form = [
            `${style.fontSize}/${style.fontWeight}`,
            style.padding === '0px' ? '' : `padding ${style.padding}`,
            style.borderRadius === '0px' ? '' : `radius ${style.borderRadius}`
          ];
          return [
            [element.tagName.toLowerCase(), ...classes].join('.'),
            [Math.round(left - origin.left), Math.round(top - origin.top), Math.round(width), Math.round(height)],
            form.filter(Boolean).join(', ')
          ] satisfies Placed;
        });
    }
    return found;
  }, components);
}

/** Reads the colours of the components, and of every token, as the page has them. */
export function readColours(page: Page, components: readonly string[]): Promise<Colours> {
  return page.evaluate((names) => {
    const found: Record<string, string[]> = {};
    const nothing = 'rgba(0, 0, 0, 0)';
    for (const name of names) {
      const stage = document.querySelector(`[data-specimen="${name}"]`);
      found[name] = [...(stage?.querySelectorAll('*') ?? [])].flatMap((element) => {
        const style = getComputedStyle(element);
        const outer = element.parentElement === null ? style : getComputedStyle(element.parentElement);
        const said = [
          style.color === outer.color ? '' : `ink ${style.color}`,
          style.backgroundColor === nothing ? '' : `on ${style.backgroundColor}`,
          style.borderTopWidth === '0px' || style.borderTopColor === nothing ? '' : `line ${style.borderTopColor}`,
          style.stroke === 'none' || style.stroke === outer.stroke ? '' : `stroke ${style.stroke}`,
          style.boxShadow === 'none' ? '' : `shadow ${style.boxShadow}`
        ].filter(Boolean);
        const classes = [...element.classList].filter((one) => !one.startsWith('svelte-'));
        return said.length === 0
          ? []
          : [`${[element.tagName.toLowerCase(), ...classes].join('.')}: ${said.join(', ')}`];
      });
    }
    const probe = document.body.appendChild(document.createElement('span'));
    const tokens = new Set<string>();
    for (const code of document.querySelectorAll('[data-specimen="Colour"] code')) tokens.add(code.textContent);
    found['tokens'] = [...tokens].map((token) => {
      probe.style.color = `var(--${token})`;
      return `${token}: ${getComputedStyle(probe).color}`;
    });
    probe.remove();
    return found;
  }, components);
}

/** What differs of two layouts, each as a sentence. */
export function layoutDifferences(before: Layout, now: Layout): string[] {
  const found: string[] = [];
  for (const component of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [old, own] = [before[component] ?? [], now[component] ?? []];
    if (old.length !== own.length) {
      found.push(`${component}: ${String(own.length)} elements instead of ${String(old.length)}`);
      continue;
    }
    for (const [index, [name, box, form]] of own.entries()) {
      const [oldName, oldBox, oldForm] = old[index] ?? ['', [0, 0, 0, 0], ''];
      if (name !== oldName) found.push(`${component}: ${name} instead of ${oldName}`);
      else if (form !== oldForm) found.push(`${component}, ${name}: ${form} instead of ${oldForm}`);
      else if (box.some((edge, side) => Math.abs(edge - (oldBox[side] ?? 0)) > tolerance))
        found.push(`${component}, ${name}: stands at ${box.join(' ')} instead of ${oldBox.join(' ')}`);
    }
  }
  return found;
}

/** What differs of the colours, each as a sentence. */
export function colourDifferences(before: Colours, now: Colours): string[] {
  const found: string[] = [];
  for (const component of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [old, own] = [before[component] ?? [], now[component] ?? []];
    for (let index = 0; index < Math.max(old.length, own.length); index++)
      if (old[index] !== own[index])
        found.push(`${component}: ${own[index] ?? 'nothing'} instead of ${old[index] ?? 'nothing'}`);
  }
  return found;
}
