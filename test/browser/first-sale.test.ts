import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { hexToBytes } from 'viem';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { createPublisher } from '#sdk/actions/create-publisher';
import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { rootSeed } from '#sdk/protocol/slot-keys';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { launchBrowser } from './browser.ts';
import { acceptAndBuy, chooseBrowserWallet, connectBrowserWallet, dialog, eventRow, patience, see } from './flows.ts';
import { giveWallet, startStorefront, type Storefront } from './storefront.ts';
import { goToStep } from './sell-steps.ts';
import type { TestWallet } from './test-wallet.ts';

const seller = 2;
const keyFileSchema = z.object({ stream: addressSchema, era: z.int(), root: bytes32Schema });

let browser: Browser;
let shop: Storefront;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser('phone')]);
});
afterAll(async () => {
  await browser.close();
  await shop.stop();
});

/** Opens a page as somebody new: nothing stored, nobody connected. */
async function arrive(): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', acceptDownloads: true });
  return context.newPage();
}

/** Fills the selling form, lists the product and saves the stream's key, as a seller does. */
async function sellThroughPages(page: Page, wallet: TestWallet) {
  await page.goto(`${shop.url}/sell`);
  await connectBrowserWallet(page);
  await page.getByLabel('Name of the stream').fill('harbour/water/level');
  await page.getByRole('button', { name: 'Next: Description' }).click();
  await page.getByLabel('Name of the product').fill('Water in the old harbour');
  await page.getByLabel('In one sentence').fill('Height of the water at the old bridge, every second.');
  await page.getByLabel('Description', { exact: false }).fill('Measured with a **float**. <script>alert(1)</script>');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page
    .getByRole('region', { name: 'Preview of the description' })
    .locator('strong', { hasText: 'float' })
    .waitFor();
  await goToStep(page, 'Sample');
  await page.getByLabel('Sample events').fill('[{"count": 1, "level": 2.41}]');
  // Leaving in the middle loses nothing, and the address says where one was.
  await page.reload();
  await see(page, 'Step 3 of 7');
  await goToStep(page, 'Check and list');
  await page.getByRole('button', { name: 'List it' }).click();
  await see(page, 'Write an amount such as 0.5, or choose "Free".');
  await page.getByRole('link', { name: /^Change.*Price$/ }).click();
  await see(page, 'has a price yet: yours is the first.');
  await page.getByLabel('DATAcoin').fill('3.6');
  await page.goBack();
  await see(page, '3.6 DATA per hour');
  // Declining costs nothing and loses nothing.
  wallet.declineNext();
  await page.getByRole('button', { name: 'List it' }).click();
  await see(page, 'You declined in your wallet');
  await see(page, 'nothing that you typed is lost');
  expect(wallet.transactions).toBe(0);
  // So does declining the signature after the stream was created; also when the page is left then.
  wallet.declineNext(1);
  await page.getByRole('button', { name: 'List it' }).click();
  await see(page, 'You declined in your wallet');
  expect([wallet.transactions, wallet.signatures]).toEqual([1, 0]);
  await page.reload();
  await see(page, '3.6 DATA per hour');
  wallet.declineNext(1);
  await page.getByRole('button', { name: 'Go on' }).click();
  await see(page, 'You declined in your wallet');
  expect([wallet.transactions, wallet.signatures]).toEqual([1, 1]);
  await page.getByRole('button', { name: 'Go on' }).click();
  await see(page, 'It is on sale');
  expect(wallet.signatures).toBe(1);
  expect(wallet.transactions).toBe(2);
  await see(page, 'Waiting for the first event');
  const saving = page.waitForEvent('download', { timeout: patience });
  await page.getByRole('button', { name: /^Save stream-/ }).click();
  const file = await (await saving).path();
  const product = await page.getByRole('link', { name: 'See the product' }).getAttribute('href');
  return { product: product ?? '', key: keyFileSchema.parse(JSON.parse(await readFile(file, 'utf8'))) };
}

describe('the first sale', () => {
  it('goes from an empty market to an event that a buyer paid for and can read', async () => {
    const sellerPage = await arrive();
    const sellerWallet = await giveWallet(shop, sellerPage.context(), { account: seller, datacoin: 0 });
    const { product, key } = await sellThroughPages(sellerPage, sellerWallet);

    // The seller's program, with the key file that the page saved.
    const publisher = await createPublisher({
      market: shop.market,
      stream: key.stream,
      signer: privateKeySigner(localPrivateKey(seller)),
      keys: { era: key.era, seeds: [rootSeed(hexToBytes(key.root))] }
    });
    await publisher.publish({ json: { count: 501, level: 2.4 } });
    await see(sellerPage, '1 event is stored');

    // The buyer finds it on the market, and buys an hour: one signature, one transaction.
    const page = await arrive();
    const wallet = await giveWallet(shop, page.context(), { account: 5, datacoin: 20 });
    await page.goto(shop.url);
    await page
      .getByRole('link', { name: /Water in the old harbour/ })
      .first()
      .click();
    await page.waitForURL(`**${product}`);
    await page.getByRole('button', { name: 'Buy a licence' }).click();
    await page.getByRole('button', { name: 'Connect a wallet' }).click();
    await chooseBrowserWallet(page);
    await dialog(page).getByText('You pay for', { exact: true }).waitFor({ timeout: patience });
    await acceptAndBuy(dialog(page));
    await page.waitForURL(`**/streams/${key.stream}`, { timeout: patience });
    expect(wallet.signatures).toBe(1);
    expect(wallet.transactions).toBe(1);

    await see(page, 'Decrypted in this browser');
    await publisher.publish({ json: { count: 502, level: 2.5 } });
    await eventRow(page, 502).getByText('verified').waitFor({ timeout: patience });

    // The seller's own browser holds the root, and reads along.
    await sellerPage.goto(`${shop.url}/streams/${key.stream}`);
    await eventRow(sellerPage, 502).waitFor({ timeout: patience });
    await see(sellerPage, 'Your own stream');
    await publisher.close();
  });

  it('is open to somebody without a wallet too, by the demo wallet', async () => {
    const page = await arrive();
    await page.goto(shop.url);
    await page
      .getByRole('link', { name: /Water in the old harbour/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Buy a licence' }).click();
    await page.getByRole('button', { name: 'Connect a wallet' }).click();
    await page.getByRole('button', { name: 'Use a demo wallet' }).click();
    await dialog(page).getByText('You pay for', { exact: true }).waitFor({ timeout: patience });
    await acceptAndBuy(dialog(page));
    await page.waitForURL('**/streams/0x*', { timeout: patience });
    await see(page, 'Decrypted in this browser');

    // The account is still there after a reload, and the licence on its page.
    await page.goto(`${shop.url}/licenses`);
    await see(page, 'Water in the old harbour');
    await see(page, 'in this browser');
  });

  it('leaves no secret in the pages’ messages or addresses', async () => {
    const page = await arrive();
    const addresses: string[] = [];
    const messages: string[] = [];
    page.on('request', (request) => addresses.push(`${request.url()} ${request.postData() ?? ''}`));
    page.on('console', (message) => messages.push(message.text()));
    await page.goto(shop.url);
    await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('button', { name: 'Use a demo wallet' }).click();
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^Account/ })
      .waitFor({ timeout: patience });
    const secret = await page.evaluate('localStorage.getItem("tributary.demo-wallet").slice(2)');
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    const said = [...addresses, ...messages].join('\n').toLowerCase();
    expect(said).not.toContain(String(secret));
    expect(addresses.every((address) => address.startsWith(shop.url))).toBe(true);
  });
});
