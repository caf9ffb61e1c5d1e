import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';
import packedChromium from '@sparticuz/chromium';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { z } from 'zod';

const run = promisify(execFile);

/** What pages are looked at with. */
export type Device = 'desktop' | 'phone';

/** A small phone, touched instead of clicked. */
const devices: Record<Device, BrowserContextOptions> = {
  desktop: {},
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
};

/** Where a browser that is installed lies, by platform. */
const installed = [
  process.env['CHROME_PATH'],
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
];

/** Unpacks the libraries that Chromium needs and that small systems lack. Returns their folder. */
function unpackLibraries(): string {
  const folder = join(tmpdir(), 'tributary-chromium-libraries');
  const libraries = join(folder, 'lib');
  if (existsSync(libraries)) return libraries;
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const archive = resolve(dirname(entry), '..', '..', 'bin', 'al2023.tar.br');
  const work = mkdtempSync(join(tmpdir(), 'tributary-'));
  try {
    const tar = join(work, 'libraries.tar');
    writeFileSync(tar, brotliDecompressSync(readFileSync(archive)));
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xf', tar, '-C', folder]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return libraries;
}

const starts = (executable: string, environment: NodeJS.ProcessEnv) =>
  run(executable, ['--version', '--no-sandbox'], { env: environment, timeout: 30_000 }).then(
    () => true,
    () => false
  );

/**
 * Launches Chromium without a window: one that is installed, or else the one that a package carries. Only the sandbox
 * is off, since root cannot have one; everything that protects pages stays as visitors have it.
 *
 * @param device What its pages are shown on; BROWSER_DEVICE=phone or =desktop shows all flows on one.
 */
export async function launchBrowser(device: Device): Promise<Browser> {
  const own = installed.find((path) => path !== undefined && existsSync(path));
  const executablePath = own ?? (await packedChromium.executablePath());
  const env = { ...process.env };
  if (!(await starts(executablePath, env))) {
    env['LD_LIBRARY_PATH'] = [unpackLibraries(), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  }
  const environment = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  );
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], headless: true, env: environment });
  return watchPolicy(withDevice(browser, chosen ?? device));
}

const chosen = z.enum(['desktop', 'phone']).optional().parse(process.env['BROWSER_DEVICE']);

function withDevice(browser: Browser, device: Device): Browser {
  const newContext = browser.newContext.bind(browser);
  browser.newContext = (options) => newContext({ ...devices[device], ...options });
  return browser;
}

/** Makes the browser's end fail where a page did what its content security policy forbids, which Chromium tells its console. */
function watchPolicy(browser: Browser): Browser {
  const refused = new Set<string>();
  const [newContext, close] = [browser.newContext.bind(browser), browser.close.bind(browser)];
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refused.add(message.text());
    });
    return context;
  };
  browser.close = async (options) => {
    await close(options);
    if (refused.size > 0)
      throw new RangeError(`Pages broke their content security policy:\n${[...refused].join('\n')}`);
  };
  return browser;
}
