import { describe, expect, test } from 'vitest';
import { languageOfPath, withLanguage, withoutLanguage } from './languages.ts';

describe('paths in a language', () => {
  test.each([
    ['/', null, '/'],
    ['/de', 'de', '/'],
    ['/de/', 'de', '/'],
    ['/de/sell', 'de', '/sell'],
    ['/en/sell', 'en', '/sell'],
    ['/sell', null, '/sell'],
    ['/demo/fund', null, '/demo/fund'],
    ['/fr/sell', null, '/fr/sell']
  ])('%s names %s and is the page %s', (path, language, plain) => {
    expect(languageOfPath(path)).toBe(language);
    expect(withoutLanguage(path)).toBe(plain);
  });

  test('lead to the same page in another language', () => {
    expect(withLanguage('/es/sell', 'de')).toBe('/de/sell');
    expect(withLanguage('/', 'de')).toBe('/de');
    expect(withLanguage('/de/sell', 'en')).toBe('/sell');
  });
});
