import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  colourDifferences,
  layoutDifferences,
  readColours,
  readLayout,
  setLetters,
  type Colours,
  type Layout
} from './design-layout.ts';
import { patience, see } from './flows.ts';

const widths = [360, 1440] as const;
const themes = ['light', 'dark'] as const;

/** The page as it was when somebody last looked at it and found it good. */
interface Snapshot {
  readonly layout: Readonly<Record<string, Layout>>;
  readonly colours: Readonly<Record<string, Colours>>;
}
const file = join(import.meta.dirname, 'design-snapshot.json');
const update = process.env['UPDATE_DESIGN'] === '1';

/** Specimens of web/routes/design that are not of the design system: tables of tokens, and what belongs to buying. */
const apart = new Set(['Colour', 'Type', 'Space', 'Shape', 'Interaction', 'PeriodChooser']);

/**
 * The components of web/lib/ui on the page that shows them all: how each behaves to keyboard, pointer and screen reader,
 * and what each looks like. To be called within a file that runs a market.
 */
export function testComponents(
  running: () => {
    readonly browser: Browser;
    readonly url: string;
    /** What axe finds on a page in both themes. */
    readonly faults: (page: Page) => Promise<string[]>;
  }
): void {
  let context: BrowserContext;
  let page: Page;
  const specimen = (name: string): Locator => page.locator(`[data-specimen="${name}"]`);
  const focused = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element) => element === document.activeElement);
  const waitForFocus = (locator: Locator): Promise<void> =>
    expect.poll(() => focused(locator), { timeout: patience }).toBe(true);
  const ready = async () => {
    // What needs scripts waits for them, and the clock has been read.
    await page.getByRole('button', { name: 'Open a dialog', disabled: false }).waitFor({ timeout: patience });
    await see(specimen('Countdown'), '1 day 2 hours');
  };

  /** What pointer and keyboard change of everything that acts, each as a sentence. */
  const readInteraction = async (): Promise<string[]> => {
    const acting: readonly (readonly [string, Locator])[] = [
      ...(['primary', 'secondary', 'quiet', 'danger'] as const).map(
        (variant) => [variant, specimen('Button').locator(`button.${variant}`).nth(1)] as const
      ),
      ['chip', specimen('Chip').getByRole('link', { name: 'Plain' })],
      ['copying', specimen('CopyButton').getByRole('button')],
      ['theme', specimen('ThemeToggle').getByRole('button')],
      ['tab', specimen('Tabs').getByRole('tab', { name: 'curl' })],
      ['choice', specimen('Choice').getByRole('radio', { name: /^By delivery/ })],
      ['field', specimen('Field').getByLabel('Name')]
    ];
    const style = (locator: Locator) =>
      locator.evaluate(async (element) => {
        // A radio button is shown by its label.
        const shown = element.closest('label') ?? element;
        await Promise.all(shown.getAnimations().map(({ finished }) => finished));
        const { color, backgroundColor, borderTopColor, outlineStyle, outlineWidth, outlineColor } =
          getComputedStyle(shown);
        const ring = outlineStyle === 'none' ? 'no ring' : `ring ${outlineWidth} ${outlineColor}`;
        return `ink ${color}, on ${backgroundColor}, line ${borderTopColor}, ${ring}`;
      });
    const said: string[] = [];
    for (const [name, locator] of acting) {
      await locator.hover();
      said.push(`${name} pointed at: ${await style(locator)}`);
    }
    await page.mouse.move(0, 0);
    // From here on it is the keyboard that is used.
    await page.keyboard.press('Tab');
    for (const [name, locator] of acting) {
      await locator.focus();
      said.push(`${name} focused: ${await style(locator)}`);
    }
    return said;
  };

  beforeAll(async () => {
    const { browser, url } = running();
    context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
    page = await context.newPage();
    await page.goto(`${url}/design`);
    await ready();
  });
  afterAll(async () => {
    await context.close();
  });

  describe('components', () => {
    it('can be used by everybody', async () => {
      expect(await running().faults(page)).toEqual([]);
    });

    it('a dialog keeps the keyboard, closes as it says, and gives the focus back', async () => {
      const opener = specimen('Dialog').getByRole('button', { name: 'Open a dialog' });
      const opened = page.getByRole('dialog', { name: 'Dialog', exact: true });
      const ways = [
        () => page.keyboard.press('Escape'),
        () => opened.getByRole('button', { name: 'Close' }).click(),
        () => opened.getByRole('button', { name: 'Done' }).click(),
        () => page.mouse.click(4, 4)
      ];
      for (const close of ways) {
        await opener.focus();
        await page.keyboard.press('Enter');
        await opened.waitFor();
        // Nothing of the page behind can be reached.
        for (let count = 0; count < 4; count++) {
          await page.keyboard.press('Tab');
          expect(
            await page.evaluate(
              () => document.activeElement?.closest('main') !== null && !document.activeElement?.closest('dialog')
            )
          ).toBe(false);
        }
        await close();
        await opened.waitFor({ state: 'detached' });
        await waitForFocus(opener);
      }
    });

    it('a locked dialog stays, however often somebody asks', async () => {
      const opener = specimen('Dialog').getByRole('button', { name: 'Open a locked dialog' });
      const opened = page.getByRole('dialog', { name: 'Locked dialog' });
      await opener.click();
      await opened.waitFor();
      expect(await opened.getByRole('button', { name: 'Close' }).isDisabled()).toBe(true);
      for (let count = 0; count < 3; count++) await page.keyboard.press('Escape');
      await page.mouse.click(4, 4);
      // As a browser does that closes it all the same.
      await page.evaluate(() => {
        document.querySelector('dialog')?.close();
      });
      await page.locator('dialog[open]').waitFor();
      await opened.getByRole('button', { name: 'Done' }).click();
      await opened.waitFor({ state: 'detached' });
      await waitForFocus(opener);
    });

    it('tabs move by arrows, and only the chosen one is in the way of the tabulator', async () => {
      const tabs = specimen('Tabs').getByRole('tab');
      const chosen = specimen('Tabs').getByRole('tab', { selected: true });
      const panel = specimen('Tabs').getByRole('tabpanel');
      await tabs.first().focus();
      for (const [key, name, text] of [
        ['ArrowRight', 'curl', 'curl …'],
        ['End', 'GraphQL', 'query'],
        ['ArrowRight', 'sdk', 'subscribe'],
        ['ArrowLeft', 'GraphQL', 'query'],
        ['Home', 'sdk', 'subscribe']
      ] as const) {
        await page.keyboard.press(key);
        await specimen('Tabs').getByRole('tab', { name, selected: true }).waitFor();
        expect(await focused(chosen)).toBe(true);
        expect(await panel.textContent()).toContain(text);
        expect(await panel.getAttribute('aria-labelledby')).toBe(await chosen.getAttribute('id'));
        expect(await chosen.getAttribute('aria-controls')).toBe(await panel.getAttribute('id'));
      }
      expect(await tabs.evaluateAll((all) => all.map((tab) => (tab as HTMLElement).tabIndex))).toEqual([0, -1, -1]);
    });

    it('a choice is a group of radio buttons', async () => {
      const group = specimen('Choice').getByRole('group', { name: 'Settlement' });
      await group.getByRole('radio', { name: /^By the second/ }).focus();
      await page.keyboard.press('ArrowDown');
      const second = group.getByRole('radio', { name: /^By delivery/ });
      expect(await second.isChecked()).toBe(true);
      expect(await focused(second)).toBe(true);
    });

    it('a field says what to write and what is wrong, until it is right', async () => {
      const field = specimen('Field').getByLabel('Price');
      const described = () =>
        field.evaluate((element) =>
          (element.getAttribute('aria-describedby') ?? '')
            .split(' ')
            .map((id) => document.getElementById(id)?.textContent ?? 'nothing')
        );
      expect(await described()).toEqual(['DATA per hour.', 'Write a number.']);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      await field.fill('12');
      await specimen('Field').getByText('Write a number.').waitFor({ state: 'detached' });
      expect(await described()).toEqual(['DATA per hour.']);
      expect(await field.getAttribute('aria-invalid')).toBeNull();
      await field.fill('much');
      await see(specimen('Field'), 'Write a number.');
      expect(await specimen('Field').getByLabel('Name').getAttribute('aria-describedby')).toBeNull();
    });

    it('the period picker offers any end, and says when it is none', async () => {
      const picker = specimen('PeriodChooser');
      await picker.getByRole('radio', { name: /^1 hour/ }).focus();
      await page.keyboard.press('ArrowDown');
      expect(await picker.getByRole('radio', { name: /^1 day/ }).isChecked()).toBe(true);
      await picker.getByRole('radio', { name: /^Until a date/ }).check({ force: true });
      const end = picker.getByLabel('End', { exact: true });
      await end.waitFor();
      expect(await end.inputValue()).toMatch(/^2027-01-15T/);
      await end.fill('2020-01-01T00:00');
      await see(picker, 'Choose a time that is still ahead.');
      expect(await end.getAttribute('aria-invalid')).toBe('true');
      await picker.getByRole('radio', { name: /^1 hour/ }).check({ force: true });
      await end.waitFor({ state: 'detached' });
    });

    it('copying is shown and said', async () => {
      await specimen('CopyButton').getByRole('button', { name: 'Copy: name' }).click();
      const said = specimen('CopyButton').getByRole('status');
      await see(said, 'Copied');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Water level');
      await expect.poll(() => said.textContent(), { timeout: patience }).toBe('');
    });

    it('the theme goes round and is kept', async () => {
      const toggle = specimen('ThemeToggle').getByRole('button');
      const theme = () => page.locator('html').getAttribute('data-theme');
      for (const next of ['light', 'dark', null]) {
        await toggle.click();
        expect(await theme()).toBe(next);
        expect(await toggle.getAttribute('aria-label')).toContain(next ?? 'system');
        expect(await page.evaluate(() => localStorage.getItem('theme'))).toBe(next);
      }
    });

    it('a busy button says so and does nothing, a disabled one cannot be reached', async () => {
      const busy = specimen('Button').getByRole('button', { name: 'Busy' }).first();
      expect(await busy.getAttribute('aria-busy')).toBe('true');
      await busy.click();
      await specimen('Button').getByRole('button', { name: 'Clicked 0 times' }).click();
      await specimen('Button').getByRole('button', { name: 'Clicked 1 times' }).waitFor();
      expect(await specimen('Button').getByRole('button', { name: 'Disabled' }).first().isDisabled()).toBe(true);
      await specimen('Button').getByRole('button', { name: 'Icon' }).first().focus();
      await page.keyboard.press('Tab');
      expect(await focused(busy)).toBe(true);
    });

    it('states are said, not only shown', async () => {
      const steps = specimen('Steps').getByRole('list', { name: 'Every state of a step' });
      expect(await steps.getAttribute('aria-live')).toBe('polite');
      expect(await steps.locator('[aria-current="step"]').textContent()).toContain('Buy the licence: under way');
      expect(await steps.locator('.title').allTextContents()).toEqual([
        'Allow the payment: done',
        'Buy the licence: under way',
        'Fetch the key: failed',
        'Read the stream: not yet'
      ]);
      expect(await specimen('Notice').getByRole('alert').count()).toBe(1);
      expect(await specimen('Notice').getByRole('status').count()).toBe(4);
      expect(await specimen('Chip').locator('[aria-current="true"]').count()).toBe(2);
      await specimen('Hydrograph')
        .getByRole('img', { name: 'Events per minute over the last 11 minutes: at least 3, at most 14, last 10' })
        .first()
        .waitFor();
      const code = specimen('Code').getByRole('region', { name: 'Example' });
      await code.focus();
      await page.keyboard.press('End');
      expect(await focused(code)).toBe(true);
    });

    it('components wait for the scripts and speak the page’s language', async () => {
      const html = await (await fetch(`${running().url}/de/design`)).text();
      expect(html).toMatch(/<button[^>]* disabled[^>]*>(?:<!--.*?-->)*Open a dialog/);
      expect(html).toMatch(/Fetch the key<span[^>]*>: gescheitert/);
    });

    it('look as they did when somebody last looked at them', async () => {
      await page.reload();
      await ready();
      await setLetters(page);
      const names = await page
        .locator('[data-specimen]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-specimen') ?? ''));
      const components = names.filter((name) => !apart.has(name));
      const layout: Record<string, Layout> = {};
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        // Nothing reaches over the edge of a phone.
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        layout[String(width)] = await readLayout(page, components);
      }
      const colours: Record<string, Colours> = {};
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme });
        // The last of what changes slowly.
        await page.evaluate(() =>
          Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)))
        );
        colours[colorScheme] = { ...(await readColours(page, components)), interaction: await readInteraction() };
      }
      const now: Snapshot = { layout, colours };
      if (update) writeFileSync(file, await format(JSON.stringify(now), { parser: 'json', printWidth: 120 }));
      expect(existsSync(file)).toBe(true);
      const before = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
      const differences = [
        ...widths.flatMap((width) =>
          layoutDifferences(before.layout[String(width)] ?? {}, layout[String(width)] ?? {}).map(
            (one) => `${String(width)} px: ${one}`
          )
        ),
        ...themes.flatMap((theme) =>
          colourDifferences(before.colours[theme] ?? {}, colours[theme] ?? {}).map((one) => `${theme}: ${one}`)
        )
      ];
      const advice =
        'Look at /design in both themes. If it is good: UPDATE_DESIGN=1 node_modules/.bin/vitest run --project browser test/browser/accessibility.test.ts -t components';
      expect(differences, advice).toEqual([]);

      // What was just found equal would not be, were one padding or one colour another.
      await specimen('Chip')
        .getByRole('link', { name: 'Plain' })
        .evaluate((chip) => {
          chip.style.cssText = 'padding-inline: 18px; background: rgb(1, 2, 3)';
        });
      const shown = components.filter((name) => name === 'Chip');
      const [width, theme] = [String(widths[1]), themes[1]];
      expect(layoutDifferences({ Chip: layout[width]?.['Chip'] ?? [] }, await readLayout(page, shown))).toContainEqual(
        expect.stringMatching(/^Chip, a: .*padding 0px 18px/)
      );
      const { Chip = [] } = await readColours(page, shown);
      expect(colourDifferences({ Chip: colours[theme]?.['Chip'] ?? [] }, { Chip })).toEqual([
        expect.stringContaining('on rgb(1, 2, 3)')
      ]);
    });
  });
}
