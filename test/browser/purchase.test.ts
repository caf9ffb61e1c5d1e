import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { readLicense } from '#sdk/actions/read-license';
import { launchBrowser } from './browser.ts';
import { acceptAndBuy, connectBrowserWallet, dialog, eventRow, openBuying, patience, see } from './flows.ts';
import { giveWallet, sellStream, startStorefront, type SoldStream, type Storefront } from './storefront.ts';

let browser: Browser;
let shop: Storefront;
let sold: SoldStream;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser()]);
  sold = await sellStream(shop, { name: 'Water level', seller: 1 });
  await sold.publish();
});
afterAll(async () => {
  await sold.stop();
  await browser.close();
  await shop.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'en-US' });
  await context.clock.install({ time: shop.now() });
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
});

describe('buying an hour', () => {
  it('takes one signature and one transaction, shows what is published next, and ends by itself', async () => {
    const wallet = await giveWallet(shop, context, { account: 5, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    await acceptAndBuy(buying);
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    expect(wallet.signatures).toBe(1);
    expect(wallet.transactions).toBe(1);

    await see(page, 'Decrypted in this browser');
    expect(wallet.signIns).toBe(1);
    const readable = await sold.publish();
    await eventRow(page, readable).waitFor({ timeout: patience });
    await eventRow(page, readable).getByText('verified').waitFor({ timeout: patience });
    await page.getByRole('img', { name: /^(?:count|level) over time/ }).waitFor({ timeout: patience });

    await page.goto(`${shop.url}/licenses`);
    await see(page, 'in this browser');
    await see(page, /left$/);

    // The hour passes: on the chain, in the slots, and on this machine.
    const license = await readLicense({ market: shop.market, offerId: sold.offerId, account: wallet.account });
    const rest = license.until - Math.floor(shop.now() / 1000) + 61;
    await shop.advance(rest);
    await page.clock.fastForward(rest * 1000);
    await see(page, /^Ended on/);

    await page.goto(`${shop.url}/streams/${sold.stream}`);
    await see(page, 'Your licence has ended');
    await eventRow(page, readable).waitFor({ timeout: patience });
    const later = await sold.publish();
    await see(page, 'nothing new');
    expect(await eventRow(page, later).count()).toBe(0);
    expect(await eventRow(page, readable).count()).toBe(1);
    // Signed in once for all that was opened in this tab.
    expect(wallet.signIns).toBe(1);
  });

  it('goes on after a reload in the middle', async () => {
    await giveWallet(shop, context, { account: 6, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    await shop.rpc('evm_setIntervalMining', 0);
    try {
      await acceptAndBuy(buying);
      await see(dialog(page), 'Sent. You may close this page: the purchase goes on without it.');
      await page.reload();
      await see(dialog(page), 'Wait for the block');
    } finally {
      await shop.rpc('evm_setIntervalMining', 1);
    }
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    await see(page, 'Decrypted in this browser');
  });
});

describe('a stranger', () => {
  it('sees how lively the stream is and none of its events, sealed or not', async () => {
    const secret = await sold.publish();
    await page.goto(`${shop.url}/streams/${sold.stream}`);
    await see(page, 'Encrypted: readable with a licence');
    await see(page, /^Last event .* in all/);
    expect(await page.locator('tbody tr').count()).toBe(0);
    const history = await fetch(`${shop.url}/broker/v1/streams/${sold.stream}/events`);
    expect([history.status, await history.text()]).toEqual([
      401,
      expect.stringContaining('/problems/reader-unknown') as unknown
    ]);
    expect(await eventRow(page, secret).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Water level' }).count()).toBeGreaterThan(0);
  });

  it('is told that the connected account has no licence', async () => {
    const wallet = await giveWallet(shop, context, { account: 8, datacoin: 0 });
    await page.goto(`${shop.url}/streams/${sold.stream}`);
    await connectBrowserWallet(page);
    await see(page, 'This account has no licence to this stream');
    await see(page, /^Last event .* in all/);
    // Nothing to sign for.
    expect(wallet.signIns).toBe(0);
    expect(await fetchGrants({ market: shop.market, stream: sold.stream, licensee: wallet.account })).toEqual([]);
  });
});

describe('what goes wrong is said in words', () => {
  it('too little DATAcoin', async () => {
    await giveWallet(shop, context, { account: 3, datacoin: 1 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    await see(buying, 'Not enough DATAcoin');
    expect(await buying.getByRole('button', { name: /^Buy for/ }).isDisabled()).toBe(true);
  });

  it('a declined signature, after which buying still works', async () => {
    const wallet = await giveWallet(shop, context, { account: 4, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    wallet.declineNext();
    await acceptAndBuy(buying);
    await see(buying, 'You declined in your wallet');
    await see(buying, /nothing was paid/i);
    expect(wallet.transactions).toBe(0);
    await buying.getByRole('button', { name: 'Back to the offer' }).click();
    await acceptAndBuy(buying);
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
  });

  it('a declined signature to sign in, after which reading still works', async () => {
    const wallet = await giveWallet(shop, context, { account: 5, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    await acceptAndBuy(await openBuying(page, shop.url, sold.productId));
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    await see(page, 'Decrypted in this browser');
    // As in another tab, which nobody signed in yet.
    await page.evaluate('sessionStorage.clear()');
    wallet.declineNext();
    await page.reload();
    await see(page, 'You declined in your wallet');
    await see(page, 'It sends no transaction and costs nothing');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await see(page, 'Decrypted in this browser');
    expect(wallet.signIns).toBe(2);
  });

  it('a wrong network, and how to leave it', async () => {
    const wallet = await giveWallet(shop, context, { account: 7, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    await wallet.moveTo(1);
    await see(buying, 'Your wallet is on another network');
    await see(page.getByRole('banner'), 'Wrong network');
    await buying.getByRole('button', { name: 'Switch network' }).click();
    await buying.getByText('Your wallet is on another network').waitFor({ state: 'detached', timeout: patience });
    await acceptAndBuy(buying);
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
  });

  it('terms that were not accepted', async () => {
    await giveWallet(shop, context, { account: 7, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    await buying.getByRole('button', { name: /^(?:Buy|Renew) for/ }).click();
    await see(buying, 'Read and accept the terms first.');
  });
});

describe('renewing', () => {
  it('starts where the running licence ends, and costs the added hours alone', async () => {
    const wallet = await giveWallet(shop, context, { account: 8, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    await acceptAndBuy(await openBuying(page, shop.url, sold.productId));
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    const of = { market: shop.market, offerId: sold.offerId, account: wallet.account };
    const before = await readLicense(of);

    await page.goto(`${shop.url}/licenses`);
    await page.getByRole('button', { name: 'Renew' }).click();
    await see(dialog(page), 'Runs already until');
    await see(dialog(page), '1 hour');
    await acceptAndBuy(dialog(page));
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    await see(page, 'Decrypted in this browser');
    const after = await readLicense(of);
    expect(after.until).toBe(before.until + 3600);
    expect(after.from).toBe(before.from);
    expect(wallet.signatures).toBe(2);
    expect(wallet.transactions).toBe(2);
  });
});
