import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { fetchProduct } from '#sdk/actions/fetch-product';
import { addressSchema, bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { launchBrowser } from './browser.ts';
import { acceptAndBuy, connectBrowserWallet, dialog, openBuying, patience, see } from './flows.ts';
import { giveWallet, startStorefront, type Storefront } from './storefront.ts';
import { goToStep } from './sell-steps.ts';
import type { TestWallet } from './test-wallet.ts';

const seller = 2;
const sellerAccount = addressSchema.parse(privateKeyToAccount(localPrivateKey(seller)).address.toLowerCase());

let browser: Browser;
let shop: Storefront;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser('desktop')]);
});
afterAll(async () => {
  await browser.close();
  await shop.stop();
});

const sellerBalance = () =>
  shop.market.publicClient.readContract({
    address: shop.deployment.contracts.DATAcoin,
    abi: datacoinAbi,
    functionName: 'balanceOf',
    args: [sellerAccount]
  });

async function sellBySecond(page: Page): Promise<Hex> {
  await page.goto(`${shop.url}/sell`);
  await connectBrowserWallet(page);
  await page.getByLabel('Name of the stream').fill('harbour/water/level');
  await goToStep(page, 'Description');
  await page.getByLabel('Name of the product').fill('Water in the old harbour');
  await page.getByLabel('In one sentence').fill('Height of the water at the old bridge, every second.');
  await goToStep(page, 'Price');
  await page.getByLabel('DATAcoin').fill('3.6');
  const ends = page.getByLabel('Licences end');
  const shortest = page.getByLabel('Shortest licence');
  const before = [await ends.inputValue(), await shortest.inputValue()] as const;
  await ends.selectOption({ value: '86400' });
  expect(await shortest.inputValue()).toBe('86400');
  await ends.selectOption({ value: before[0] });
  await shortest.selectOption({ value: before[1] });
  await page.getByLabel('Longest licence').selectOption({ label: '1 hour' });
  await goToStep(page, 'Settlement');
  await page.getByRole('radio', { name: /^Paid by delivery/ }).check();
  await goToStep(page, 'Check and list');
  await page.getByRole('button', { name: 'List it' }).click();
  await see(page, 'Write how many events you promise, 1 or more.');
  await goToStep(page, 'Settlement');
  await page.getByRole('radio', { name: /^Paid by the second/ }).check();
  await goToStep(page, 'Price');
  await see(page, 'Choose at least 2 hours.');
  await page.getByLabel('Longest licence').selectOption({ label: '1 week' });
  await goToStep(page, 'Check and list');
  await page.getByRole('button', { name: 'List it' }).click();
  await see(page, 'It is on sale');
  const address = await page.getByRole('link', { name: 'See the product' }).getAttribute('href');
  return bytes32Schema.parse(address?.split('/').at(-1));
}

/** Gives the keys of the only stream to an issuer of the seller's own, and back to the market's. */
async function changeIssuer(page: Page, wallet: TestWallet): Promise<void> {
  const own = '0x00000000000000000000000000000000000000a1';
  const open = async () => {
    await page.getByRole('button', { name: 'Change the issuer' }).click();
    return dialog(page);
  };
  const changing = await open();
  const act = changing.getByRole('button', { name: 'Change the issuer' });
  const account = changing.getByLabel('Account of your issuer');
  await act.click();
  await see(changing, 'Give the account that the issuer prints');
  await account.fill(sellerAccount);
  await see(changing, 'That is your own account');
  await account.fill(own.toUpperCase().replace('0X', '0x'));
  wallet.declineNext();
  await act.click();
  await see(changing, 'You declined in your wallet');
  await changing.getByRole('button', { name: 'Back' }).click();
  expect(await account.inputValue()).toContain('A1');
  await act.click();
  await see(changing, 'Your issuer may grant');
  await see(changing, new RegExp(`sell issuer 0x[0-9a-f]{40} ${own}`));
  await changing.getByRole('button', { name: 'Close' }).last().click();
  await see(page, 'An issuer of your own grants them');
  expect(await page.getByRole('button', { name: 'Entrust for longer' }).count()).toBe(0);

  const back = await open();
  expect(await back.getByRole('radio', { name: /^The market’s issuer/ }).isChecked()).toBe(true);
  expect(await back.getByRole('checkbox').isChecked()).toBe(true);
  await back.getByRole('button', { name: 'Change the issuer' }).click();
  await see(back, 'The market’s issuer grants');
  const saving = page.waitForEvent('download');
  await back.getByRole('button', { name: /^Save stream-/ }).click();
  const { era } = z.object({ era: z.int() }).parse(JSON.parse(await readFile(await (await saving).path(), 'utf8')));
  // Later than any that the other issuer may have begun: such eras are numbered by the second.
  expect(era).toBeGreaterThan(Date.now() / 1000 - 3_600);
  await back.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Entrust for longer' }).waitFor({ timeout: patience });
  expect(await page.getByText('An issuer of your own grants them').count()).toBe(0);
}

describe('selling by the second', () => {
  it('is withdrawn as it is earned, a licence ended with a reason, the issuer changed, and the offer retired', async () => {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
    const wallet = await giveWallet(shop, page.context(), { account: seller, datacoin: 0 });
    const productId = await sellBySecond(page);

    const buyer = await (await browser.newContext({ locale: 'en-US' })).newPage();
    await giveWallet(shop, buyer.context(), { account: 5, datacoin: 500 });
    await buyer.goto(shop.url);
    await connectBrowserWallet(buyer);
    const buying = await openBuying(buyer, shop.url, productId);
    await buying.getByRole('radio', { name: /^1 day/ }).check();
    await acceptAndBuy(buying);
    await buyer.waitForURL('**/streams/0x*', { timeout: patience });
    const before = await sellerBalance();
    await shop.advance(3600);

    await page.goto(`${shop.url}/sellers/${sellerAccount}`);
    await see(page, 'Your sales');
    await see(page, 'Earned and not withdrawn');
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await dialog(page).getByRole('button', { name: 'Withdraw now' }).click();
    await see(dialog(page), 'Withdrawn');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    // An hour at 3.6 DATA, and the seconds that the test itself takes, less the fee.
    const earned = (await sellerBalance()) - before;
    const hour = 36n * 10n ** 17n;
    const fee = BigInt(shop.deployment.feeBasisPoints);
    expect(earned).toBeGreaterThanOrEqual((hour * (10_000n - fee)) / 10_000n);
    expect(earned).toBeLessThan(hour * 2n);
    await see(page, 'Karma as seller');

    await page.getByLabel('Find a licence').fill('nobody');
    await see(page, 'No licence fits');
    await page.getByLabel('Find a licence').fill('');
    await page.getByLabel('Show', { exact: true }).selectOption('running');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    expect(await readFile(await (await saving).path(), 'utf8')).toContain(productId);

    await page.getByRole('button', { name: 'End it' }).click();
    await dialog(page).getByLabel('Reason').fill('The sensor is taken down for the winter.');
    await dialog(page).getByRole('button', { name: 'End it now' }).click();
    await see(dialog(page), 'The licence is ended');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await see(page, 'ended by you');

    await buyer.goto(`${shop.url}/licenses`);
    await see(buyer, 'The seller ended this licence early');
    await see(buyer, 'The sensor is taken down for the winter.');

    await page.getByRole('link', { name: 'Revenue over time' }).click();
    await see(page, 'New licences: 1. Renewals: 0.');
    const paidOut = page
      .locator('dl > div')
      .filter({ hasText: /^\s*Withdrawn/ })
      .locator('dd');
    // An hour at 3.6 DATA, and the seconds that the test itself takes, with the fee.
    expect(Number.parseFloat(await paidOut.innerText())).toBeGreaterThanOrEqual(3.6);
    await page.goBack();

    await see(page, 'The market’s issuer answers');
    // What was declined is not in use: the first era's keys are those that are entrusted for longer.
    await page.getByRole('button', { name: 'New keys' }).click();
    wallet.declineNext();
    await dialog(page).getByRole('button', { name: 'Make and entrust new keys' }).click();
    await see(dialog(page), 'You declined in your wallet');
    await dialog(page).getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('button', { name: 'Entrust for longer' }).click();
    const entrusting = page.waitForRequest((request) => request.url().endsWith('/delegation'));
    await dialog(page).getByRole('button', { name: 'Entrust them' }).click();
    await see(dialog(page), 'The keys are entrusted');
    expect((await entrusting).postDataJSON()).toMatchObject({ era: 1 });
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'New keys' }).click();
    await dialog(page).getByRole('button', { name: 'Make and entrust new keys' }).click();
    await see(dialog(page), 'The new keys are entrusted');
    const savingKeys = page.waitForEvent('download');
    await dialog(page)
      .getByRole('button', { name: /^Save stream-/ })
      .click();
    expect(JSON.parse(await readFile(await (await savingKeys).path(), 'utf8'))).toMatchObject({ era: 2 });
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await changeIssuer(page, wallet);

    await page.getByRole('button', { name: 'New offer' }).click();
    await dialog(page).getByLabel('DATAcoin').fill('');
    await see(dialog(page), 'Something above has to be changed');
    // What was typed is there again, whatever closed the dialog.
    await dialog(page).getByLabel('DATAcoin').fill('7.2');
    await dialog(page).getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('button', { name: 'New offer' }).click();
    await dialog(page).getByRole('button', { name: 'Put the new offer on sale' }).click();
    await see(dialog(page), 'The new offer is on sale');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await see(page, 'retired');
    const { product, offer } = await fetchProduct({ market: shop.market, productId });
    expect(product.offer).toMatchObject({ listed: true, settlement: 'by-second', maximumPeriod: 604_800 });
    expect(offer.pricePerSecond).toBe(parseEther('7.2') / 3600n);

    await page.getByRole('button', { name: 'Retire' }).click();
    await dialog(page).getByRole('button', { name: 'Retire it for good' }).click();
    await see(dialog(page), 'It is off the market');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await see(page, 'retired');
    await page.goto(`${shop.url}/products/${productId}`);
    await see(page, 'No longer sold');
    await Promise.all([page.context().close(), buyer.context().close()]);
  });
});
