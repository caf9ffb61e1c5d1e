import type { Browser, Page } from 'playwright-core';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readWish } from '#sdk/actions/read-wish';
import { launchBrowser } from './browser.ts';
import { connectBrowserWallet, dialog, see } from './flows.ts';
import { giveWallet, sellStream, startStorefront, type SoldStream, type Storefront } from './storefront.ts';

const seller = 1;
const ferries = 'Positions of all ferries';

let browser: Browser;
let shop: Storefront;
let sold: SoldStream;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser('phone')]);
  sold = await sellStream(shop, { name: 'Ferries of the bay', seller });
});
afterAll(async () => {
  await sold.stop();
  await browser.close();
  await shop.stop();
});

/** The wishlist as an account sees it, its wallet connected. */
async function arrive(account: number, datacoin: number): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
  await giveWallet(shop, page.context(), { account, datacoin });
  await page.goto(`${shop.url}/wishlist`);
  await connectBrowserWallet(page);
  return page;
}

async function back(page: Page, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'Back it' }).click();
  await dialog(page).getByLabel('DATAcoin').fill(amount);
  await dialog(page).getByRole('button', { name: 'Put it behind the wish' }).click();
  await see(dialog(page), 'Thank you');
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
}

/** Opens an act, says yes, and closes it when it is done. */
async function act(page: Page, open: string, yes: string, done: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: open }).click();
  await dialog(page).getByRole('button', { name: yes, exact: true }).click();
  await see(dialog(page), done);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
}

describe('an early click', () => {
  it('waits for the wallet that was connected before, and asks for none anew', async () => {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
    const wallet = await giveWallet(shop, page.context(), { account: 8, datacoin: 0 });
    await page.goto(`${shop.url}/wishlist`);
    await connectBrowserWallet(page);
    wallet.wakeSlowly(1000);
    await page.reload();
    await page.getByRole('button', { name: 'Make a wish' }).click();
    await see(dialog(page), 'What stream do you wish for?');
    await page.context().close();
  });
});

describe('a wish', () => {
  it('is made, backed, answered and paid; whoever follows the majority follows it', async () => {
    const asker = await arrive(5, 100);
    await asker.getByRole('button', { name: 'Make a wish' }).click();
    await dialog(asker).getByRole('button', { name: 'Make the wish' }).click();
    await see(dialog(asker), 'Say what you wish for.');
    await dialog(asker).getByLabel('What stream do you wish for?').fill(ferries);
    await dialog(asker).getByLabel('Details').fill('Every ten seconds, with course and speed.');
    await dialog(asker).getByRole('button', { name: 'Make the wish' }).click();
    await see(dialog(asker), 'Your wish is made');
    await dialog(asker).getByRole('button', { name: 'Close' }).last().click();
    await see(asker, ferries);
    await see(asker, 'Every ten seconds, with course and speed.');
    await back(asker, '30');

    const follower = await arrive(6, 100);
    await back(follower, '10');
    await act(follower, 'Follow the majority', 'Follow', /^Your stake follows/);
    const doubter = await arrive(7, 100);
    await back(doubter, '5');

    const answering = await arrive(seller, 0);
    await act(answering, 'Answer with a product', 'Answer', /^Yours is answer 1/);

    await asker.reload();
    await see(asker, 'Ferries of the bay');
    await act(asker, 'Release my stake to it', 'Pay it', /^30 DATA went to the answer/);
    await act(asker, 'Propose the rest', 'Propose it', /^Proposed/);

    // The doubter objects; who follows does not, and is paid along after three days.
    await doubter.reload();
    await act(doubter, 'Take my stake back', 'Take it back', /^5 DATA flowed back/);
    await shop.advance(3 * 86_400 + 60);
    const rest = await readWish({ market: shop.market, wish: 1 });
    expect(rest.held).toBe(parseEther('10'));
    await asker.clock.install({ time: shop.now() });
    await asker.reload();
    await act(asker, 'Pay the rest', 'Pay the rest', /^10 DATA went to the answer/);
    expect((await readWish({ market: shop.market, wish: 1 })).held).toBe(0n);
    await see(asker, /received 40/);

    // What nobody was paid flows back once the deadline is over: 30 days after the wish, of which 3 have passed.
    await doubter.reload();
    await back(doubter, '4');
    await shop.advance(30 * 86_400);
    await doubter.clock.install({ time: shop.now() });
    await doubter.reload();
    await see(doubter, 'Past their deadline');
    await act(doubter, 'Take my stake back', 'Take it back', /^4 DATA flowed back/);
    expect((await readWish({ market: shop.market, wish: 1 })).held).toBe(0n);

    // Without a wallet, and without JavaScript, the wish can be read.
    const reader = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await reader.goto(`${shop.url}/wishlist`);
    await see(reader, ferries);
    await see(reader, 'Ferries of the bay');
  });
});
