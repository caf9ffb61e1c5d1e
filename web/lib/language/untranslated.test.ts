import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { untranslatedTexts } from './untranslated.ts';

/** What is in English for a reason. */
const english = [
  // Programs and operators read these: answers of interfaces, logs.
  /(?:^|\/)\+server\.ts$/,
  /^lib\/server\//,
  /^routes\/design\//,
  // Text that sellers adapt and put on the chain.
  /terms-templates\.ts$/,
  // Formats stand here for every language.
  /^lib\/ui\/format\.ts$/,
  /^lib\/language\/untranslated\.ts$/,
  // Names of wallets, which are kept.
  /^lib\/wallet\/(?:provider|rainbow|wallet\.svelte)\.ts$/
];

it('finds texts wherever people meet them, and nothing else', () => {
  const component = `
    <script lang="ts">
      import { m } from 'Some Module Here';
      const { kind }: { kind: 'Not a Text' | 'nor this one.' } = $props();
      const failure = { title: 'The chain is away', code: 'chain-away' };
      const day = new Date().toLocaleString('en-GB');
    </script>
    <svelte:head><meta name="robots" content="noindex" /><meta name="description" content="All about it" /></svelte:head>
    <p class="soft small" title="What it is">Read <code>npm install</code> on</p>
    <Hash label="recipient" tone="bad" style:width="{4}px" />
    <button aria-label={m.known()}>{busy ? 'Sending' : m.send()} {event.key === 'Escape'}</button>
    <a href="/market.json">market.json</a> Tributary · DATAcoin
  `;
  expect(untranslatedTexts('Some.svelte', component)).toEqual([
    'All about it',
    'What it is',
    'Read',
    'on',
    'recipient',
    'Sending',
    'The chain is away',
    'en-GB'
  ]);
  const module = 'export const words = { a: `Nothing is left of ${name}.`, b: "application/json", c: "</script>" };';
  expect(untranslatedTexts('words.ts', module)).toEqual(['Nothing is left of']);
});

it('finds none outside of messages', { timeout: 60_000 }, () => {
  const files = readdirSync('web', { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      /^(?:lib|routes)\//.test(file) &&
      /\.(?:ts|svelte)$/.test(file) &&
      !/^lib\/generated\/|\.(?:test|worker)\.ts$/.test(file) &&
      !english.some((pattern) => pattern.test(file))
  );
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    untranslatedTexts(file, readFileSync(join('web', file), 'utf8')).map((text) => `web/${file}: ${text}`)
  );
  expect(found).toEqual([]);
});
