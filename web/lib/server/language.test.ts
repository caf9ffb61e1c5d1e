import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { m } from '../generated/messages/messages.js';
import { inLanguage, languageFor } from './language.ts';

const request = { path: '/sell', cookie: undefined, acceptLanguage: null };

describe('the language of a request', () => {
  test('is named by the path, before a choice, before the browser', () => {
    const german = { ...request, cookie: 'de', acceptLanguage: 'es' };
    expect(languageFor({ ...german, path: '/en/sell' })).toBe('en');
    expect(languageFor(german)).toBe('de');
    expect(languageFor({ ...german, cookie: undefined })).toBe('es');
    expect(languageFor(request)).toBe('en');
  });

  test.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['fr,es;q=0.5,de;q=0.7', 'de'],
    ['fr-FR', 'en'],
    ['*', 'en'],
    ['de;q=0', 'en'],
    ['de;q=nonsense', 'en'],
    ['', 'en']
  ])('asked for as %s is %s', (acceptLanguage, language) => {
    expect(languageFor({ ...request, acceptLanguage })).toBe(language);
  });

  test('a cookie that nobody here set counts for nothing', () => {
    expect(languageFor({ ...request, cookie: 'xx' })).toBe('en');
  });

  test('stays its own while requests run beside each other', async () => {
    const answer = (language: 'en' | 'de' | 'es') =>
      inLanguage(language, async () => {
        await wait(1);
        return m.layout_sell();
      });
    expect(await Promise.all([answer('de'), answer('es'), answer('en')])).toEqual(['Verkaufen', 'Vender', 'Sell']);
    expect(m.layout_sell()).toBe('Sell');
  });
});
