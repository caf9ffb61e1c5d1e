import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
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
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser('desktop')]);
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

/** As an input of type datetime-local takes it; the browser of the tests is in the time zone of this process. */
const localTime = (milliseconds: number) =>
  new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

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
    await page.getByRole('button', { name: 'Save a backup' }).click();
    await dialog(page).getByLabel('Passphrase').fill('seven ferries at dawn');
    await dialog(page).getByLabel('The same again').fill('seven ferries at dawn');
    const saving = page.waitForEvent('download', { timeout: patience });
    await dialog(page).getByRole('button', { name: 'Save the file' }).click();
    const backup = await readFile(await (await saving).path());
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Move to another device' }).click();
    await dialog(page)
      .getByRole('img', { name: /^Picture 1 of / })
      .waitFor({ timeout: patience });
    const code = await dialog(page).locator('.code strong').innerText();
    await page.evaluate(() => {
      Object.assign(navigator.clipboard, {
        writeText: (text: string) => {
          Object.assign(globalThis, { copied: text });
          return Promise.resolve();
        }
      });
    });
    await dialog(page).getByRole('button', { name: 'Copy the sealed text' }).click();
    const sealedText = await page.evaluate(() => String(Reflect.get(globalThis, 'copied')));
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
    await see(other, 'This is no key backup');
    await other
      .getByLabel('Key backup file')
      .setInputFiles({ name: 'keys.json', mimeType: 'application/json', buffer: backup });
    await dialog(other).getByLabel('Passphrase of the backup').fill('eight ferries at dawn');
    await dialog(other).getByRole('button', { name: 'Restore' }).click();
    await see(dialog(other), 'This does not open the keys');
    await dialog(other).getByLabel('Passphrase of the backup').fill('seven ferries at dawn');
    await dialog(other).getByRole('button', { name: 'Restore' }).click();
    await see(other, 'Keys restored');
    await other.goto(`${shop.url}/streams/${sold.stream}`);
    await see(other, 'Decrypted in this browser');
    await eventRow(other, count).waitFor({ timeout: patience });

    // A third one gets them by the code.
    const third = await (await browser.newContext({ locale: 'en-US', storageState: storage })).newPage();
    await third.goto(`${shop.url}/licenses`);
    await see(third, 'This browser does not hold the key');
    await third.getByRole('button', { name: 'Receive from another device' }).click();
    await dialog(third).getByLabel('Or paste the sealed text').fill(sealedText);
    await see(dialog(third), 'The sealed keys are here');
    await dialog(third).getByLabel('Code').fill('AAAAA AAAAA');
    await dialog(third).getByRole('button', { name: 'Open the keys' }).click();
    await see(dialog(third), 'This does not open the keys');
    await dialog(third).getByLabel('Code').fill(code.toLowerCase().replace('-', ''));
    await dialog(third).getByRole('button', { name: 'Open the keys' }).click();
    await see(third, 'Keys restored');
    await see(third, 'in this browser');
    await third.context().close();
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

  it('is read back to where it begins, looked at from another time on, and saved as Parquet', async () => {
    const page = await arrive();
    const began = shop.now();
    const counts: number[] = [];
    for (let event = 0; event < 130; event++) counts.push(await open.publish());
    const [first = 0] = counts;
    const newest = counts.at(-1) ?? 0;
    await page.goto(`${shop.url}/streams/${open.stream}`);
    await eventRow(page, newest).waitFor({ timeout: patience });
    const table = page.getByRole('region', { name: 'Events, newest first' });
    // Only the newest hundred are there at first; the end of the list brings what came before.
    await expect
      .poll(
        async () => {
          await table.evaluate((element) => {
            element.scrollTop = element.scrollHeight;
          });
          return page.getByText('The stream begins here.').count();
        },
        { timeout: patience }
      )
      .toBe(1);
    await table.evaluate((element) => {
      element.scrollTop = 0;
    });
    await eventRow(page, newest).waitFor({ timeout: patience });
    expect(await page.locator('tbody tr').count()).toBeLessThan(counts.length);

    await page
      .getByRole('button', { name: /all of this event/ })
      .first()
      .click();
    await see(dialog(page), 'Verified by this browser');
    await see(dialog(page), '"signatureType": "secp256k1"');
    await dialog(page).getByRole('button', { name: 'Close' }).click();

    const saving = page.waitForEvent('download', { timeout: patience });
    await page.getByRole('button', { name: 'Parquet' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toMatch(/\.parquet$/);
    const file = new Uint8Array(await readFile(await saved.path())).buffer;
    const rows: readonly Record<string, unknown>[] = await parquetReadObjects({ file });
    expect(rows.slice(-counts.length).map(({ count, verified }) => [count, verified])).toEqual(
      counts.map((count) => [count, true])
    );

    await page.getByRole('button', { name: 'Save a time range' }).click();
    await dialog(page)
      .getByLabel('From')
      .fill(localTime(began - 1_000));
    await dialog(page)
      .getByLabel('To')
      .fill(localTime(shop.now() + 60_000));
    await dialog(page)
      .getByRole('radio', { name: /^NDJSON/ })
      .check();
    const savingRange = page.waitForEvent('download', { timeout: patience });
    await dialog(page).getByRole('button', { name: 'Save', exact: true }).click();
    const lines = (await readFile(await (await savingRange).path(), 'utf8')).trimEnd().split('\n');
    expect(
      lines
        .map((line) => (JSON.parse(line) as { json: { count: number } }).json.count)
        .filter((count) => count >= first)
    ).toEqual(counts);
    await see(dialog(page), 'events were saved');
    await dialog(page).getByRole('button', { name: 'Close' }).first().click();

    await page.getByLabel('Go to').fill(localTime(began + 3_600_000));
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await see(page, /^From .* up to now$/);
    await page.getByRole('button', { name: 'Back to live' }).click();
    await eventRow(page, newest).waitFor({ timeout: patience });
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
