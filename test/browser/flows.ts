import type { Locator, Page } from 'playwright-core';

/** What people do on the pages, step by step, by what they see. */

/** Milliseconds to wait for what a page shall show. */
export const patience = 20_000;

export const dialog = (page: Page): Locator => page.locator('dialog[open]').last();

/** Waits until the page shows a text. */
export async function see(place: Page | Locator, text: string | RegExp): Promise<void> {
  await place.getByText(text).first().waitFor({ timeout: patience });
}

/** Connects the wallet extension through the sheet and RainbowKit's dialog. */
export async function connectBrowserWallet(page: Page): Promise<void> {
  await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
  await chooseBrowserWallet(page);
}

/** The same from a sheet that is open already. */
export async function chooseBrowserWallet(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Choose a browser wallet' }).click({ timeout: patience });
  await page.getByRole('button', { name: /Test Wallet/ }).click({ timeout: patience });
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^Account/ })
    .waitFor({ timeout: patience });
}

/** Opens a product and its buying dialog, up to where the price is known. */
export async function openBuying(page: Page, url: string, productId: string): Promise<Locator> {
  await page.goto(`${url}/products/${productId}`);
  await page.getByRole('button', { name: /^(?:Buy a licence|Get a free licence)$/ }).click();
  const buying = dialog(page);
  await buying.getByText(/^(?:You pay for|Runs for)$/).waitFor({ timeout: patience });
  return buying;
}

/** Accepts the terms and buys the period that is chosen. */
export async function acceptAndBuy(buying: Locator): Promise<void> {
  await buying.getByRole('checkbox', { name: /^I accept/ }).check();
  await buying.getByRole('button', { name: /^(?:Buy|Renew) for/ }).click();
}

/** Row of the events table that shows a count, as the tests' sellers publish it. */
export const eventRow = (page: Page, count: number): Locator =>
  page.locator('tbody tr').filter({ has: page.getByRole('cell', { name: String(count), exact: true }) });
