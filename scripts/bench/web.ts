import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import lighthouse from 'lighthouse';
import { productPageSchema } from '#sdk/protocol/discovery';
import { launchForAudits } from './web/launch-for-audits.ts';

/**
 * Lighthouse as on a phone (its own slowed processor and line) on the market, a product and the selling page of a market
 * that runs (`npm start`). Prints the scores beside their targets and what failed; ends with 1 below one of them.
 *
 *   node --import tsx scripts/bench/web.ts [--url http://localhost:4400]
 */
const targets = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 } as const;
type Category = keyof typeof targets;

const { values } = parseArgs({ options: { url: { type: 'string', default: 'http://localhost:4400' } } });
const found = await fetch(new URL('/v1/products?sort=popular&limit=1', values.url));
const { items } = productPageSchema.parse(await found.json());
const pages = ['/', ...items.map(({ productId }) => `/products/${productId}`), '/sell'];
const browser = await launchForAudits();
let missed = 0;
try {
  const { version } = createRequire(import.meta.url)('lighthouse/package.json') as { version: string };
  console.log(`Lighthouse ${version}, mobile; targets ${Object.values(targets).join(' / ')}`);
  for (const page of pages) {
    // A server reads the program of a page when it is first asked for it, once in its life.
    await (await fetch(new URL(page, values.url))).text();
    const result = await lighthouse(new URL(page, values.url).href, {
      port: browser.port,
      output: 'json',
      logLevel: 'error',
      onlyCategories: Object.keys(targets)
    });
    if (result === undefined) throw new RangeError(`Lighthouse gave no result for ${page}`);
    const { categories, audits } = result.lhr;
    const scores = (Object.keys(targets) as Category[]).map((name) => {
      const score = Math.round((categories[name]?.score ?? 0) * 100);
      if (score < targets[name]) missed += 1;
      return `${name} ${String(score)}${score < targets[name] ? ' (missed)' : ''}`;
    });
    console.log(`${page.slice(0, 24).padEnd(26)}${scores.join(', ')}`);
    for (const { title, score, displayValue } of Object.values(audits)) {
      if (score !== null && score < 0.9) console.log(`    ${score.toFixed(2)} ${title} ${displayValue ?? ''}`);
    }
  }
} finally {
  await browser.stop();
}
process.exitCode = missed === 0 ? 0 : 1;
