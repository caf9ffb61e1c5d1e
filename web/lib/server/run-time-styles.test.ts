import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import configuration from '../../../svelte.config.js';
import { allowSignedStyles } from './run-time-styles.ts';

const require = createRequire(import.meta.url);

describe('styles', () => {
  it('are allowed from this origin alone, and inline by one hash', () => {
    const directives = configuration.kit?.csp?.directives ?? {};
    expect(directives['style-src']).toEqual(['self', 'unsafe-hashes', expect.stringMatching(/^sha256-/)]);
    expect(JSON.stringify(directives)).not.toMatch(/unsafe-(?:inline|eval)/);
  });

  it('have the hash of what SvelteKit writes', () => {
    const root = readFileSync(
      require.resolve('@sveltejs/kit/package.json').replace('package.json', 'src/core/sync/write_root.js'),
      'utf8'
    );
    const style = /svelte-announcer[^>]*? style="([^"]*)"/.exec(root)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(configuration.kit?.csp?.directives?.['style-src']).toContain(`sha256-${hash}`);
  });

  it('that scripts make are allowed where they carry the nonce of the scripts', () => {
    const policy = "style-src 'self'; script-src 'self' 'nonce-a/b+c=='; object-src 'none'";
    expect(allowSignedStyles(policy)).toBe(
      "style-src 'self' 'nonce-a/b+c=='; script-src 'self' 'nonce-a/b+c=='; object-src 'none'"
    );
    expect(allowSignedStyles("style-src 'self'")).toBe("style-src 'self'");
  });
});
