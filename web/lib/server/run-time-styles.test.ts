import { describe, expect, it } from 'vitest';
import configuration from '../../../svelte.config.js';
import { allowSignedStyles } from './run-time-styles.ts';

describe('styles', () => {
  it('are allowed from this origin alone, never inline', () => {
    const directives = configuration.kit?.csp?.directives ?? {};
    expect(directives['style-src']).toEqual(['self']);
    expect(JSON.stringify(directives)).not.toMatch(/unsafe-(?:inline|eval|hashes)/);
  });

  it('that scripts make are allowed where they carry the nonce of the scripts', () => {
    const policy = "style-src 'self'; script-src 'self' 'nonce-a/b+c=='; object-src 'none'";
    expect(allowSignedStyles(policy)).toBe(
      "style-src 'self' 'nonce-a/b+c=='; script-src 'self' 'nonce-a/b+c=='; object-src 'none'"
    );
    expect(allowSignedStyles("style-src 'self'")).toBe("style-src 'self'");
  });
});
