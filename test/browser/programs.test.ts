import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { parseEther, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { payDatacoin } from '../../scripts/start/chain-state.ts';
import { launchBrowser } from './browser.ts';
import { dialog, eventRow, patience } from './flows.ts';
import { StrangersFolder } from './shown-programs.ts';
import { sellStream, startStorefront, type SoldStream, type Storefront } from './storefront.ts';

const [seller, publicSeller, buyer, commandLineBuyer, payer, relayer] = [1, 2, 3, 4, 5, 7] as const;

let browser: Browser;
let shop: Storefront;
let sold: SoldStream;
let open: SoldStream;
const strangers = new StrangersFolder();

beforeAll(async () => {
  chmodSync(strangers.path, 0o700);
  const keyFile = join(strangers.path, 'relayer.key');
  writeFileSync(keyFile, localPrivateKey(relayer), { mode: 0o600 });
  [shop, browser] = await Promise.all([
    startStorefront(inject('databaseUrl'), { RELAYER_KEY_FILE: keyFile }),
    launchBrowser('desktop')
  ]);
  sold = await sellStream(shop, { name: 'Water level', seller });
  open = await sellStream(shop, { name: 'Air temperature', seller: publicSeller, pricePerSecond: 0n, everyone: true });
  for (const account of [buyer, commandLineBuyer, payer]) {
    await payDatacoin(shop.chain.url, shop.deployment, account, parseEther('50'));
  }
  await Promise.all([strangers.install(shop.url), sold.publish(), open.publish()]);
});
afterAll(async () => {
  await Promise.all([sold.stop(), open.stop()]);
  await browser.close();
  await shop.stop();
  strangers.remove();
});

/** What the product's page shows under a tab of its programs. */
async function shown(page: Page, name: string): Promise<string> {
  const tab = page.getByRole('tab', { name, exact: true });
  await tab.click();
  const panel = page.getByRole('tabpanel').filter({ has: page.locator('pre') });
  return panel.locator('pre').innerText();
}

/** Publishes an event a second while something runs: who asks for what comes from now on gets some. */
async function whilePublishing<Result>(stream: SoldStream, work: () => Promise<Result>): Promise<Result> {
  const ended = new AbortController();
  const publishing = (async () => {
    while (!ended.signal.aborted) {
      await stream.publish();
      await setTimeout(1_000);
    }
  })();
  try {
    return await work();
  } finally {
    ended.abort();
    await publishing;
  }
}

const has = (program: string): boolean => {
  try {
    execFileSync('bash', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const hasCurl = has('curl') && has('sha256sum');
if (!hasCurl) console.warn('skipped: curl or sha256sum is not on this machine, so the program for them is not run');

describe('programs of a product run as they are copied', () => {
  let page: Page;
  const publicKey = async (): Promise<Hex> => (await generateKeyPair()).publicKey;

  beforeAll(async () => {
    page = await (await browser.newContext({ locale: 'en-US' })).newPage();
    await page.goto(`${shop.url}/products/${sold.productId}`);
  });

  it('SDK, from the package that the market serves; then WebSocket, as its licensee', async () => {
    const environment = { PRIVATE_KEY: localPrivateKey(buyer) };
    const code = await shown(page, 'SDK');
    expect(await page.getByText(`npm install ${shop.url}/tributary-sdk.tgz viem ws`).count()).toBe(1);
    await whilePublishing(sold, () =>
      strangers.run({ code, file: 'buy.mjs', environment, prints: /^\{"count":\d+,"level":/m })
    );
    await strangers.run({
      code: await shown(page, 'WebSocket'),
      file: 'socket.mjs',
      environment,
      prints: /authenticated[^]*subscribed[^]*event frame of \d+ bytes/
    });
  });

  it('x402, spending no ether', async () => {
    const privateKey = localPrivateKey(payer);
    const { address } = privateKeyToAccount(privateKey);
    const ether = () => shop.market.publicClient.getBalance({ address });
    const before = await ether();
    const printed = await strangers.run({
      code: await shown(page, 'x402'),
      file: 'pay.mjs',
      environment: { PRIVATE_KEY: privateKey, PUBLIC_KEY: await publicKey() },
      prints: /^\d{3} .*\n/
    });
    expect(printed).toMatch(/^200 /);
    expect(await ether()).toBe(before);
  });

  it('GraphQL', async () => {
    const code = await shown(page, 'GraphQL');
    const printed = await strangers.run({ code, file: 'ask.mjs', prints: /\n\}\n$/ });
    expect(JSON.parse(printed)).toMatchObject({
      data: {
        product: { seller: privateKeyToAccount(localPrivateKey(seller)).address.toLowerCase() },
        offers: { nodes: [{ listed: true }] }
      }
    });
  });

  it('the command line', async () => {
    const home = join(strangers.path, 'home');
    mkdirSync(home, { mode: 0o700 });
    const program = `'${process.execPath}' '${resolve('scripts/tributary/tributary.mjs')}'`;
    writeFileSync(join(home, 'passphrase'), 'correct horse battery\n', { mode: 0o600 });
    writeFileSync(join(home, 'private-key'), localPrivateKey(commandLineBuyer), { mode: 0o600 });
    const installed = `tributary() { ${program} "$@"; }
tributary keys import --light --private-key-from file:${join(home, 'private-key')}
`;
    await strangers.run({
      code: installed + (await shown(page, 'Command line')),
      file: 'buy.sh',
      environment: { TRIBUTARY_HOME: home, TRIBUTARY_PASSPHRASE_FROM: `file:${join(home, 'passphrase')}` },
      prints: /Yours until[^]*"level"/
    });
  });

  it.skipIf(!hasCurl)('curl', async () => {
    const { address } = privateKeyToAccount(localPrivateKey(payer));
    const printed = await strangers.run({
      code: `${await shown(page, 'curl')}\necho; echo ended`,
      file: 'ask.sh',
      environment: { ACCOUNT: address, PUBLIC_KEY: await publicKey(), TOKEN: 'none' },
      prints: /^ended$/m
    });
    expect(printed).toContain(sold.offer.termsHash.slice(2));
    expect(printed).toContain('"transactions"');
    // The token is of nobody's session.
    expect(printed).toContain('"status":401');
  });
});

it('programs of a public stream run as they are copied, too', async () => {
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
  await page.goto(`${shop.url}/products/${open.productId}`);
  const code = await shown(page, 'SDK');
  const socket = await shown(page, 'WebSocket');
  await page.context().close();
  await strangers.run({ code: socket, file: 'public.mjs', prints: /subscribed[^]*event frame of \d+ bytes/ });
  const environment = { PRIVATE_KEY: localPrivateKey(buyer) };
  await whilePublishing(open, () =>
    strangers.run({ code, file: 'free.mjs', environment, prints: /^\{"count":\d+,"level":/m })
  );
});

it('who looks at an event can check its signature by the program shown beside it', async () => {
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
  await page.goto(`${shop.url}/streams/${open.stream}`);
  await eventRow(page, 1).getByRole('button').click();
  const code = await dialog(page)
    .getByRole('region', { name: /program/i })
    .innerText();
  await page.context().close();
  const origin = privateKeyToAccount(localPrivateKey(publicSeller)).address.toLowerCase();
  await strangers.run({ code, file: 'check.mjs', prints: new RegExp(`^${origin}$`, 'm') });
});

it('on a phone, documentation stands before the list of its pages, without scripts as well', async () => {
  for (const javaScriptEnabled of [true, false]) {
    const viewport = { width: 360, height: 740 };
    const context = await browser.newContext({ locale: 'en-US', viewport, javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${shop.url}/docs/sellers`);
    const navigation = page.getByRole('navigation', { name: 'Documentation' });
    const trust = navigation.getByRole('link', { name: 'Trust' });
    expect(await trust.count()).toBe(0);
    expect((await page.getByRole('heading', { level: 1 }).boundingBox())?.y).toBeLessThan(400);
    await navigation.getByText('Documentation').click();
    await trust.click({ timeout: patience });
    await page.waitForURL('**/docs/trust', { timeout: patience });
    expect(await trust.count()).toBe(0);
    await context.close();
  }
});
