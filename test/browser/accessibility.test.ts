import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { launchBrowser } from './browser.ts';
import { testComponents } from './components.ts';
import { acceptAndBuy, connectBrowserWallet, dialog, openBuying, patience, see } from './flows.ts';
import { giveWallet, sellStream, startStorefront, type SoldStream, type Storefront } from './storefront.ts';
import { goToStep } from './sell-steps.ts';

const sellerAccount = privateKeyToAccount(localPrivateKey(1)).address.toLowerCase();

const buyer = 5;
const themes = ['light', 'dark'] as const;

let browser: Browser;
let shop: Storefront;
let sold: SoldStream;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser('desktop')]);
  sold = await sellStream(shop, { name: 'Water level', seller: 1, settlement: 'by-second' });
  for (let count = 0; count < 3; count++) await sold.publish();
});
afterAll(async () => {
  await sold.stop();
  await browser.close();
  await shop.stop();
});

/** Waits until nothing moves any more: colours that are on their way to others are not the page's. */
const settled = (page: Page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((shown) => requestAnimationFrame(shown));
    await frame();
    await frame();
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect !== null && effect.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
    await frame();
  });

/** What axe finds on the page as it stands, each as a sentence: all of it in one theme, of the other its colours. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    const axe = new AxeBuilder({ page });
    if (colorScheme === 'dark') axe.withRules('color-contrast');
    const { violations } = await axe.analyze();
    for (const { id, help, nodes } of violations) {
      found.push(`${colorScheme}: ${id}: ${help} at ${nodes.map((node) => node.html).join(', ')}`);
    }
  }
  return found;
}

/** What of the page stands out at the side of a small phone or of a tablet, so that it has to be pushed to and fro. */
async function overhang(page: Page): Promise<string[]> {
  const size = page.viewportSize();
  if (size === null) return ['the page has no size'];
  const found: string[] = [];
  for (const width of [360, 768]) {
    await page.setViewportSize({ width, height: size.height });
    found.push(...(await page.evaluate(standingOut)));
  }
  await page.setViewportSize(size);
  return found;
}

/** Runs in the page. @returns each element that makes it wider than its window, as a sentence. */
function standingOut(): string[] {
  const { clientWidth: width, scrollWidth } = document.documentElement;
  if (scrollWidth <= width) return [];
  const isScrolled = (element: Element | null): boolean =>
    element !== null &&
    element !== document.body &&
    (getComputedStyle(element).overflowX !== 'visible' || isScrolled(element.parentElement));
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !isScrolled(element.parentElement))
    .map((element) => `${String(width)} pixels: ${element.outerHTML.slice(0, 120)} ends behind the edge`)
    .slice(0, 5);
}

describe('in both themes, and on a phone', () => {
  it('every page can be used by everybody', async ({ expect }) => {
    const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' });
    const page = await context.newPage();
    const wallet = await giveWallet(shop, context, { account: buyer, datacoin: 50 });
    const found: Record<string, string[]> = {};
    const checkOn = async (on: Page, name: string) => {
      found[name] = [...(await faults(on)), ...(await overhang(on))];
    };
    const check = (name: string) => checkOn(page, name);
    const open = async (path: string) => {
      const answer = await page.goto(`${shop.url}${path}`);
      expect(answer?.status(), path).toBe(path === '/nowhere' ? 404 : 200);
    };

    await open(`/streams/${sold.stream}`);
    await see(page, 'Encrypted: readable with a licence');
    await check('stream, locked');
    await open('/licenses');
    await see(page, 'Connect the account that bought');
    await check('licences, nobody connected');
    await open('/sell');
    await check('sell');
    await goToStep(page, 'Check and list');
    await page.getByRole('button', { name: 'List it' }).click();
    await see(page, 'Not complete yet');
    await check('sell, incomplete');
    await open('/status');
    await check('status');
    await open('/docs/trust');
    await check('documentation');
    await open('/identity');
    await check('identity');
    await open('/nowhere');
    await check('nothing there');
    for (const step of ['description', 'sample', 'terms', 'price']) {
      await open(`/sell?step=${step}`);
      await check(`sell, ${step}`);
    }

    await open('/');
    await page
      .getByRole('link', { name: /Water level/ })
      .first()
      .waitFor({ timeout: patience });
    await check('market');
    await open('/?view=map');
    await page.getByRole('img', { name: /^Map of the world/ }).waitFor({ timeout: patience });
    await check('market, map');
    await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
    await see(page, 'Demo wallet');
    await check('connect');
    await page.getByRole('button', { name: 'Close' }).click();
    await connectBrowserWallet(page);
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^Account/ })
      .click();
    await see(page, 'Balance');
    await check('account');

    const buying = await openBuying(page, shop.url, sold.productId);
    await check('product, buying');
    await buying.getByRole('button', { name: 'Close' }).click();
    // What is asked of the chain comes when it is near.
    await page.getByRole('heading', { name: 'Terms of use' }).scrollIntoViewIfNeeded();
    await see(page, 'These are the terms that stand on the chain.');
    await page.getByRole('heading', { name: 'History of offers' }).scrollIntoViewIfNeeded();
    await see(page, /^Transaction /);
    await check('product');
    await page.getByRole('button', { name: 'Buy a licence' }).click();
    wallet.declineNext();
    await acceptAndBuy(buying);
    await see(buying, 'You declined in your wallet');
    await check('buying, declined');
    await buying.getByRole('button', { name: 'Back to the offer' }).click();
    await acceptAndBuy(buying);
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    await see(page, 'Decrypted in this browser');
    await sold.publish();
    await page.getByRole('img', { name: /over time/ }).waitFor({ timeout: patience });
    await check('stream, read');
    await page
      .getByRole('button', { name: /all of this event/ })
      .first()
      .click();
    await see(dialog(page), 'As the broker keeps it');
    await check('stream, one event');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await open('/licenses');
    await see(page, /left$/);
    await check('licences');
    await page.getByRole('button', { name: 'Save a backup' }).click();
    await check('saving keys');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Leave' }).click();
    await see(page, 'Flows back to you');
    await check('leaving');
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('button', { name: 'Flag bad data' }).click();
    await dialog(page).getByRole('button', { name: 'Flag it' }).click();
    await see(page, 'Write at least one sentence.');
    await check('flagging, incomplete');
    await page.getByRole('button', { name: 'Not now' }).click();

    await open('/sell?step=settlement');
    await page.getByRole('radio', { name: /^Paid by delivery/ }).check();
    await page.getByLabel('Sell to').selectOption('other');
    await check('sell by events to attested buyers');
    await open(`/sellers/${sellerAccount}`);
    await see(page, 'Karma as seller');
    await check('seller');
    await open(`/accounts/${sellerAccount}`);
    await check('account of a seller');
    await open(`/accounts/${sellerAccount}/revenue`);
    await check('revenue');
    await open('/searches');
    await check('searches');
    await open('/karma?role=buyer');
    // Settled by the second: nothing is accounted for before somebody asks for it.
    await see(page, 'Nobody has karma yet');
    await check('karma');
    await open('/wishlist');
    await page.getByRole('button', { name: 'Make a wish' }).click();
    await see(dialog(page), 'What stream do you wish for?');
    await check('wishing');
    await dialog(page).getByLabel('What stream do you wish for?').fill('Positions of all ferries');
    await dialog(page).getByRole('button', { name: 'Make the wish' }).click();
    await see(page, 'Your wish is made');
    await check('wished');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await see(page, 'Positions of all ferries');
    await check('wishlist');
    await context.close();

    const own = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' });
    const sellerPage = await own.newPage();
    await giveWallet(shop, own, { account: 1, datacoin: 0 });
    await sellerPage.goto(`${shop.url}/sellers/${sellerAccount}`);
    await connectBrowserWallet(sellerPage);
    await see(sellerPage, 'Earned and not withdrawn');
    await checkOn(sellerPage, 'seller, own sales');
    for (const [button, title] of [
      ['End it', 'End a licence'],
      ['New offer', 'A new offer'],
      ['Retire', 'Retire the offer']
    ] as const) {
      await sellerPage.getByRole('button', { name: button }).first().click();
      await see(dialog(sellerPage), title);
      await checkOn(sellerPage, title);
      await dialog(sellerPage).getByRole('button', { name: 'Close' }).last().click();
    }
    await own.close();

    expect(Object.entries(found).filter(([, list]) => list.length > 0)).toEqual([]);
  });
});

it.each(['de', 'es'])('words of %s have room, on phones and tablets', async (language) => {
  const context = await browser.newContext({ locale: language, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const found: string[] = [];
  const paths = ['', `/products/${sold.productId}`, '/sell?step=price', '/licenses', '/status', '/docs/trust'];
  for (const path of [...paths, `/accounts/${sellerAccount}/revenue`]) {
    const answer = await page.goto(`${shop.url}/${language}${path}`);
    expect(answer?.status(), path).toBe(200);
    for (const fault of await overhang(page)) found.push(`${path}: ${fault}`);
  }
  await context.close();
  expect(found).toEqual([]);
});

testComponents(() => ({ browser, url: shop.url, faults }));

describe('to programs that look at pages', () => {
  it('products are described, drawn and listed', async ({ expect }) => {
    const answer = async (path: string) => fetch(new URL(path, shop.url), { redirect: 'error' });
    const html = await (await answer(`/products/${sold.productId}`)).text();
    expect(html.match(/<link rel="canonical"/g)).toHaveLength(1);
    expect(html).toMatch(/<meta property="og:title" content="Water level · Tributary" \/>/);
    const markup = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    expect(JSON.parse(markup)).toMatchObject({ '@type': ['Dataset', 'Product'], identifier: sold.productId });
    const card = await answer(`/products/${sold.productId}/card.png`);
    expect(card.headers.get('content-type')).toBe('image/png');
    expect((await card.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
    expect((await answer('/card.png')).status).toBe(200);

    const robots = await (await answer('/robots.txt')).text();
    expect(robots).toMatch(/^Sitemap: http.*\/sitemap\.xml$/m);
    expect(await (await answer('/sitemap.xml')).text()).toContain('/sitemaps/products-0.xml');
    expect(await (await answer('/sitemaps/products-0.xml')).text()).toContain(`/products/${sold.productId}</loc>`);
    const pages = [
      ...(await (await answer('/sitemaps/pages.xml')).text()).matchAll(/<loc>[^<]*?\/\/[^/<]+([^<]*)<\/loc>/g)
    ];
    for (const [, path = '/'] of pages) expect((await answer(path)).status, path).toBe(200);
  });

  it('pictures come small, from content ids alone', async ({ expect }) => {
    const picture = await sharp({ create: { width: 800, height: 400, channels: 3, background: '#087782' } })
      .png()
      .toBuffer();
    const stored = await fetch(new URL('/v1/content', shop.url), { method: 'POST', body: Uint8Array.from(picture) });
    const { cid } = (await stored.json()) as { cid: string };
    const shown = await fetch(new URL(`/images/${cid}/320.webp`, shop.url));
    expect(shown.headers.get('content-type')).toBe('image/webp');
    expect(shown.headers.get('cache-control')).toContain('immutable');
    expect((await sharp(await shown.arrayBuffer()).metadata()).width).toBe(320);
    const text = await fetch(new URL('/v1/content', shop.url), {
      method: 'POST',
      body: '<svg xmlns="http://www.w3.org/2000/svg"/>'
    });
    const drawing = (await text.json()) as { cid: string };
    expect((await fetch(new URL(`/images/${drawing.cid}/320.webp`, shop.url))).status).toBe(422);
    expect((await fetch(new URL(`/images/${cid}/321.webp`, shop.url))).status).toBe(404);
    expect((await fetch(new URL(`/images/${'b'.repeat(59)}/320.webp`, shop.url))).status).toBe(404);
  });
});

describe('in other languages', () => {
  it('a language is chosen without scripts, kept, and named by the address', async ({ expect }) => {
    const context = await browser.newContext({ locale: 'en-US', javaScriptEnabled: false });
    const page = await context.newPage();
    const language = () => page.locator('html').getAttribute('lang');
    await page.goto(`${shop.url}/?q=water`);
    expect(await language()).toBe('en');
    await page.getByRole('contentinfo').getByRole('button', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { level: 1, name: 'Daten, die gerade fließen' }).waitFor({ timeout: patience });
    expect(page.url()).toBe(`${shop.url}/de?q=water`);
    await page.getByRole('navigation', { name: 'Hauptmenü' }).getByRole('link', { name: 'Status' }).click();
    await page.waitForURL(`${shop.url}/status`);
    expect(await language()).toBe('de');
    await context.close();
  });

  it('the browser’s language is taken up by server and scripts alike', async ({ expect }) => {
    const answer = await fetch(shop.url, { headers: { 'accept-language': 'es-MX,en;q=0.5' } });
    expect(answer.headers.get('content-language')).toBe('es');
    expect(answer.headers.get('vary')).toMatch(/accept-language/);
    const html = await answer.text();
    expect(html).toContain('Datos que fluyen ahora mismo');
    expect(html).toContain(`<link rel="alternate" hreflang="de" href="${shop.url}/de"`);

    const context = await browser.newContext({ locale: 'de-AT', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(shop.url);
    // Enabled by the scripts, in the words of the server.
    await page.getByRole('button', { name: 'Verbinden', disabled: false }).waitFor({ timeout: patience });
    expect(await faults(page)).toEqual([]);
    const spanish = page.getByRole('contentinfo').getByRole('button', { name: 'Español' });
    await spanish.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Datos que fluyen ahora mismo' }).waitFor({ timeout: patience });
    await context.close();
  });
});
