import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { connectAccount } from '#sdk/actions/connect-account';
import { readLicense } from '#sdk/actions/read-license';
import { revokeLicense } from '#sdk/actions/revoke-license';
import type { Address } from '#sdk/protocol/primitives';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { launchBrowser } from './browser.ts';
import { acceptAndBuy, connectBrowserWallet, dialog, openBuying, patience, see } from './flows.ts';
import { giveWallet, sellStream, startStorefront, type SoldStream, type Storefront } from './storefront.ts';

const seller = 1;
const pricePerSecond = parseEther('0.001');
const sellerAccount = privateKeyToAccount(localPrivateKey(seller)).address.toLowerCase();

let browser: Browser;
let shop: Storefront;
let sold: SoldStream;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser('phone')]);
  sold = await sellStream(shop, { name: 'Water level', seller, pricePerSecond, settlement: 'by-second' });
  await sold.publish();
});
afterAll(async () => {
  await sold.stop();
  await browser.close();
  await shop.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'en-US' });
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
});

const balanceOf = (account: Address) =>
  shop.market.publicClient.readContract({
    address: shop.deployment.contracts.DATAcoin,
    abi: datacoinAbi,
    functionName: 'balanceOf',
    args: [account]
  });

async function buyDay(): Promise<void> {
  await page.goto(shop.url);
  await connectBrowserWallet(page);
  const buying = await openBuying(page, shop.url, sold.productId);
  await see(page, 'You can leave any time and get the rest back.');
  await buying.getByRole('radio', { name: /^1 day/ }).check();
  await acceptAndBuy(buying);
  await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
}

describe('a licence settled by the second', () => {
  it('can be left, and the rest flows back', async () => {
    const wallet = await giveWallet(shop, context, { account: 5, datacoin: 200 });
    await buyDay();
    const paid = parseEther('200') - (await balanceOf(wallet.account));
    expect(paid).toBeGreaterThan(86_000n * pricePerSecond);

    await page.goto(`${shop.url}/licenses`);
    await page.getByRole('button', { name: 'Leave' }).click();
    await see(dialog(page), 'Flows back to you');
    await dialog(page).getByRole('button', { name: 'Leave and take the rest back' }).click();
    await see(dialog(page), 'You have left');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await see(page, /^You left on/);
    await see(page, /^Ended on/);

    const saving = page.waitForEvent('download', { timeout: patience });
    await page.getByRole('button', { name: 'Report for accounting (CSV)' }).click();
    const report = await readFile(await (await saving).path(), 'utf8');
    const rows = report
      .split('\r\n')
      .map((line) => line.split(','))
      .filter(([, , product]) => product === 'Water level');
    expect(rows.map(([, kind]) => kind)).toEqual(['purchase', 'refund']);
    const balance = await balanceOf(wallet.account);
    expect(rows.reduce((sum, row) => sum + BigInt(row[6] ?? 0), parseEther('200'))).toBe(balance);
    await page.getByRole('button', { name: /^Running/ }).click();
    await see(page, 'No licence is of this kind.');

    const license = await readLicense({ market: shop.market, offerId: sold.offerId, account: wallet.account });
    expect(license.until).toBeLessThanOrEqual(license.now);
    // What is gone is the price of the seconds that the licence ran, and nothing else.
    const spent = parseEther('200') - (await balanceOf(wallet.account));
    expect(spent).toBe(BigInt(license.until - license.from) * pricePerSecond);
    expect(wallet.signatures).toBe(1);
    expect(wallet.transactions).toBe(2);

    await page.goto(`${shop.url}/streams/${sold.stream}`);
    await see(page, 'Your licence has ended');
  });

  it('can be flagged once, for everybody to read on the seller’s page', async () => {
    await giveWallet(shop, context, { account: 6, datacoin: 200 });
    await buyDay();
    await page.goto(`${shop.url}/licenses`);
    await page.getByRole('button', { name: 'Flag bad data' }).click();
    await dialog(page).getByRole('button', { name: 'Flag it' }).click();
    await see(dialog(page), 'Write at least one sentence.');
    await dialog(page).getByLabel('What is wrong').fill('The level stands still since noon.');
    await dialog(page).getByRole('button', { name: 'Flag it' }).click();
    await see(dialog(page), 'Everybody can read your reason.');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await see(page, 'The level stands still since noon.');
    expect(await page.getByRole('button', { name: 'Flag bad data' }).count()).toBe(0);

    const stranger = await (await browser.newContext({ locale: 'en-US' })).newPage();
    await stranger.goto(`${shop.url}/sellers/${sellerAccount}`);
    await see(stranger, 'Flagged as bad data');
    await see(stranger, 'The level stands still since noon.');
    await giveWallet(shop, stranger.context(), { account: seller, datacoin: 0 });
    await stranger.reload();
    await connectBrowserWallet(stranger);
    await stranger.getByRole('button', { name: 'Answer', exact: true }).click();
    await see(dialog(stranger), 'The level stands still since noon.');
    await dialog(stranger).getByLabel('Your answer').fill('The float was stuck and moves again.');
    await dialog(stranger).getByRole('button', { name: 'Answer', exact: true }).click();
    await see(dialog(stranger), 'Your answer stands beside the flag');
    await dialog(stranger).getByRole('button', { name: 'Close' }).last().click();
    await page.reload();
    await see(page, 'The float was stuck and moves again.');
    await stranger.context().close();
  });

  it('gets a new key', async () => {
    const wallet = await giveWallet(shop, context, { account: 7, datacoin: 200 });
    await buyDay();
    await page.goto(`${shop.url}/licenses`);
    await page.getByRole('button', { name: 'Replace key' }).click();
    await dialog(page).getByRole('button', { name: 'Make a new key here' }).click();
    await see(dialog(page), 'The key is replaced');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await see(page, 'in this browser');
    expect(wallet.transactions).toBe(2);
    await page.goto(`${shop.url}/streams/${sold.stream}`);
    await see(page, 'Decrypted in this browser');
  });

  it('says so, and why, when the seller ends it', async () => {
    const wallet = await giveWallet(shop, context, { account: 8, datacoin: 200 });
    await buyDay();
    await revokeLicense({
      market: shop.market,
      wallet: connectAccount({ market: shop.market, account: privateKeyToAccount(localPrivateKey(seller)) }),
      offer: sold.offer,
      licensee: wallet.account,
      reason: 'The terms do not allow reselling.'
    });
    await page.goto(`${shop.url}/licenses`);
    await see(page, 'The seller ended this licence early');
    await see(page, 'The terms do not allow reselling.');
  });
});
