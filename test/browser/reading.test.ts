import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createBroker, type Broker } from '../../broker/broker.ts';
import { launchBrowser } from './browser.ts';
import { acceptAndBuy, dialog, eventRow, openBuying, patience, see } from './flows.ts';
import { sellStream, startStorefront, type SoldStream, type Storefront } from './storefront.ts';

let browser: Browser;
let shop: Storefront;
let sold: SoldStream;
let open: SoldStream;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser()]);
  sold = await sellStream(shop, { name: 'Water level', seller: 1 });
  open = await sellStream(shop, { name: 'Air temperature', seller: 2, pricePerSecond: 0n, everyone: true });
});
afterAll(async () => {
  await Promise.all([sold.stop(), open.stop()]);
  await browser.close();
  await shop.stop();
});

const arrive = async (): Promise<Page> =>
  (await browser.newContext({ locale: 'en-US', acceptDownloads: true })).newPage();

describe('reading in another browser than the one that bought', () => {
  it('says where the key is, and works once its backup is restored', async () => {
    const page = await arrive();
    await page.goto(shop.url);
    await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('button', { name: 'Use a demo wallet' }).click();
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^Account/ })
      .waitFor({ timeout: patience });
    await openBuying(page, shop.url, sold.productId);
    await acceptAndBuy(dialog(page));
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    await see(page, 'Decrypted in this browser');
    const count = await sold.publish();
    await eventRow(page, count).waitFor({ timeout: patience });
    await page.goto(`${shop.url}/licenses`);
    const saving = page.waitForEvent('download', { timeout: patience });
    await page.getByRole('button', { name: 'Back up keys' }).click();
    const backup = await readFile(await (await saving).path());
    const storage = await page.context().storageState();

    // Another browser, in which the same account is connected.
    const context = await browser.newContext({ locale: 'en-US', storageState: storage });
    const other = await context.newPage();
    await other.goto(`${shop.url}/streams/${sold.stream}`);
    await see(other, 'The key to your licence is not in this browser');
    expect(await eventRow(other, count).count()).toBe(0);
    await other.goto(`${shop.url}/licenses`);
    await see(other, 'This browser does not hold the key');
    await other.getByLabel('Key backup file').setInputFiles({
      name: 'holiday.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"photos": []}')
    });
    await see(other, 'This file is no key backup');
    await other
      .getByLabel('Key backup file')
      .setInputFiles({ name: 'keys.json', mimeType: 'application/json', buffer: backup });
    await see(other, 'Keys restored');
    await other.goto(`${shop.url}/streams/${sold.stream}`);
    await see(other, 'Decrypted in this browser');
    await eventRow(other, count).waitFor({ timeout: patience });
  });
});

describe('a public stream', () => {
  it('is read without a wallet; pausing counts what is missed, and what a filter leaves can be saved', async () => {
    const page = await arrive();
    const first = await open.publish();
    await page.goto(`${shop.url}/streams/${open.stream}`);
    await eventRow(page, first).waitFor({ timeout: patience });
    await page.getByRole('button', { name: 'Pause' }).click();
    const second = await open.publish();
    await page.getByRole('button', { name: /Resume.*1 new/ }).waitFor({ timeout: patience });
    expect(await eventRow(page, second).count()).toBe(0);
    await page.getByRole('button', { name: /Resume/ }).click();
    await eventRow(page, second).waitFor({ timeout: patience });

    await page.getByRole('searchbox', { name: 'Filter the events' }).fill(`count:${String(second)}`);
    await eventRow(page, first).waitFor({ state: 'detached', timeout: patience });
    await eventRow(page, second).waitFor({ timeout: patience });
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'NDJSON' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toMatch(/^[a-z-]+\.ndjson$/);
    const lines = (await readFile(await saved.path(), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ verified: true, json: expect.objectContaining({ count: second }) as unknown })
    ]);
  });

  it('says when the broker is gone, and goes on by itself when it is back', async () => {
    const page = await arrive();
    const before = await open.publish();
    await page.goto(`${shop.url}/streams/${open.stream}`);
    await eventRow(page, before).waitFor({ timeout: patience });
    await shop.broker.stop();
    let again: Broker | undefined;
    try {
      await see(page, 'The connection was lost');
      const { configuration, deployment } = shop;
      again = createBroker({ configuration, deployment, clock: shop.now, logger: pino({ level: 'silent' }) });
      await again.start();
      const after = await open.publish();
      await eventRow(page, after).waitFor({ timeout: patience });
      expect(await page.getByText('The connection was lost').count()).toBe(0);
    } finally {
      await again?.stop();
    }
  });
});
