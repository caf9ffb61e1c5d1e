import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createWalletClient, http, parseGwei } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { readLicense } from '#sdk/actions/read-license';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import { addressSchema } from '#sdk/protocol/primitives';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { launchBrowser } from './browser.ts';
import { acceptAndBuy, connectBrowserWallet, dialog, eventRow, openBuying, patience, see } from './flows.ts';
import { giveWallet, sellStream, startStorefront, type SoldStream, type Storefront } from './storefront.ts';
import type { TestWallet } from './test-wallet.ts';

let browser: Browser;
let shop: Storefront;
let sold: SoldStream;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [shop, browser] = await Promise.all([startStorefront(inject('databaseUrl')), launchBrowser('phone')]);
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

describe('what becomes of a transaction', () => {
  /** Buys in a chain that makes no blocks meanwhile, up to where the transaction is sent; then does something else. */
  async function sentAndUnmined(account: number, productId: string, meanwhile: (wallet: TestWallet) => Promise<void>) {
    const wallet = await giveWallet(shop, context, { account, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, productId);
    await shop.rpc('evm_setIntervalMining', 0);
    try {
      await acceptAndBuy(buying);
      await see(dialog(page), 'Sent. You may close this page: the purchase goes on without it.');
      await meanwhile(wallet);
    } finally {
      await shop.rpc('evm_setIntervalMining', 1);
    }
    return wallet;
  }

  it('sent again for a higher fee, it counts, and is paid once', async () => {
    const wallet = await sentAndUnmined(9, sold.productId, (own) => own.speedUp());
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    const { until } = await readLicense({ market: shop.market, offerId: sold.offerId, account: wallet.account });
    expect(until).toBeGreaterThan(shop.now() / 1000);
    expect(wallet.signatures).toBe(1);
  });

  it('sent again while the page was reloaded, it is found all the same', async () => {
    await sentAndUnmined(2, sold.productId, async (wallet) => {
      await wallet.speedUp();
      await page.reload();
    });
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
  });

  it('cancelled in the wallet, it is said to have cost nothing', async () => {
    await sentAndUnmined(8, sold.productId, (wallet) => wallet.cancel());
    await see(dialog(page), 'You cancelled the transaction');
    await see(dialog(page), 'nothing was paid but the fee of cancelling');
    await dialog(page).getByRole('button', { name: 'Back to the offer' }).click();
    await see(dialog(page), 'You pay for');
  });

  it('lost by the network, it is not waited for without end', async () => {
    await sentAndUnmined(8, sold.productId, async ({ latest }) => {
      await shop.rpc('anvil_dropTransaction', latest);
      await page.clock.fastForward(61_000);
      await see(dialog(page), 'The network lost the transaction');
    });
  });

  it('overtaken by the end of the offer, it fails and says so', async () => {
    const brief = await sellStream(shop, { name: 'Brief offer', seller: 1 });
    await sentAndUnmined(8, brief.productId, async () => {
      await retireAhead(brief.offer);
    });
    await see(dialog(page), 'The transaction failed');
    await see(dialog(page), 'only its fee was spent');
    await brief.stop();
  });

  /** Retires an offer in a transaction that pays so much that it is mined before all others. */
  async function retireAhead(offer: Offer): Promise<void> {
    const wallet = createWalletClient({
      account: privateKeyToAccount(localPrivateKey(1)),
      transport: http(shop.market.rpcUrl)
    });
    const fee = parseGwei('500');
    await wallet.writeContract({
      address: shop.deployment.contracts.DataLicense,
      abi: dataLicenseAbi,
      functionName: 'retire',
      args: [contractOffer(offer), 0n],
      chain: null,
      gas: 500_000n,
      maxFeePerGas: fee,
      maxPriorityFeePerGas: fee
    });
  }
});

describe('for whom, and for how much', () => {
  it('gives a licence to somebody else, whose key opens it', async () => {
    const friend = privateKeyToAccount(localPrivateKey(3)).address.toLowerCase();
    const wallet = await giveWallet(shop, context, { account: 9, datacoin: 50 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    await buying.getByRole('checkbox', { name: 'Buy it for somebody else' }).check();
    await buying.getByLabel('Who gets it').fill('harbour.eth');
    await buying.getByRole('button', { name: 'Look it up' }).click();
    await see(buying, 'Names cannot be looked up here');
    await buying.getByLabel('Who gets it').fill(friend);
    await buying.getByRole('button', { name: 'Look it up' }).click();
    await see(buying, 'The licence will belong to');
    await acceptAndBuy(buying);
    await see(buying, 'The gift is made');
    expect([wallet.signatures, wallet.transactions]).toEqual([0, 2]);
    const { until } = await readLicense({
      market: shop.market,
      offerId: sold.offerId,
      account: addressSchema.parse(friend)
    });
    expect(until).toBeGreaterThan(shop.now() / 1000);

    const friends = await browser.newContext({ locale: 'en-US' });
    await friends.clock.install({ time: shop.now() });
    await giveWallet(shop, friends, { account: 3, datacoin: 0 });
    const theirs = await friends.newPage();
    await theirs.goto(`${shop.url}/licenses`);
    await connectBrowserWallet(theirs);
    await see(theirs, 'not in this browser');
    await theirs.getByRole('button', { name: 'Replace key' }).click();
    await dialog(theirs).getByRole('button', { name: 'Make a new key here' }).click();
    await see(dialog(theirs), 'The key is replaced');
    await theirs.goto(`${shop.url}/streams/${sold.stream}`);
    await see(theirs, 'Decrypted in this browser');
    await friends.close();
  });

  it('gets what is free with one click', async () => {
    const gratis = await sellStream(shop, { name: 'Free level', seller: 1, pricePerSecond: 0n });
    const wallet = await giveWallet(shop, context, { account: 9, datacoin: 0 });
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    await page.goto(`${shop.url}/products/${gratis.productId}`);
    await page.getByRole('button', { name: 'Accept the terms and get it free' }).click();
    await page.waitForURL(`**/streams/${gratis.stream}`, { timeout: patience });
    expect([wallet.signatures, wallet.transactions]).toEqual([0, 1]);
    await gratis.stop();
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
    expect(await buying.getByRole('button', { name: /^(?:Buy|Renew) for/ }).isDisabled()).toBe(true);
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

  it('terms that somebody tampered with, which stop the purchase', async () => {
    await giveWallet(shop, context, { account: 7, datacoin: 50 });
    await page.route('**/ipfs/*', (route) =>
      route.fulfill({ contentType: 'text/plain', body: 'You owe us your house.' })
    );
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    const buying = await openBuying(page, shop.url, sold.productId);
    await see(buying, 'These are not the terms of the offer');
    await see(buying, 'nothing was paid');
    expect(await buying.getByRole('button', { name: /^(?:Buy|Renew) for/ }).isDisabled()).toBe(true);
    await page.unroute('**/ipfs/*');
    await buying.getByRole('button', { name: 'Fetch the terms again' }).click();
    await buying.getByRole('checkbox', { name: /^I accept/ }).waitFor({ timeout: patience });
  });

  it('an index that is behind, while the licence is there', async () => {
    await giveWallet(shop, context, { account: 7, datacoin: 50 });
    await page.route('**/v1/licenses?*', (route) => route.fulfill({ json: { items: [], total: 0, nextCursor: null } }));
    await page.goto(shop.url);
    await connectBrowserWallet(page);
    await acceptAndBuy(await openBuying(page, shop.url, sold.productId));
    await page.waitForURL(`**/streams/${sold.stream}`, { timeout: patience });
    await page.goto(`${shop.url}/licenses`);
    await see(page, /left$/);
    await see(page, 'in this browser');
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
