import { expect, it } from 'vitest';
import { statementOf } from './statements.ts';

it('says what each of the market’s schemas says', () => {
  expect(statementOf({ name: 'domain', statement: { domain: 'weather.example.org' } })).toBe(
    'Controls the domain weather.example.org'
  );
  const organisation = { organisation: 'Harbour office', registration: 'HRB 1' };
  expect(statementOf({ name: 'organisation', statement: organisation })).toBe(
    'Is the organisation Harbour office, HRB 1'
  );
});

it('says that data cannot be read, and takes no word from them', () => {
  expect(statementOf({ name: 'knownBuyer', statement: null })).toContain('cannot be read');
  expect(statementOf({ name: null, statement: null })).toContain('does not know');
});
