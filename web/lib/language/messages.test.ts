import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { languages, type Language } from './languages.ts';

const messages = 'web/messages';
const areas = readdirSync(join(messages, 'en')).map((file) => basename(file, '.json'));

const choiceSchema = z.object({
  declarations: z.array(z.string()),
  selectors: z.array(z.string()),
  match: z.record(z.string(), z.string())
});
const areaSchema = z.record(z.string(), z.union([z.string(), z.tuple([choiceSchema])]));
type Message = z.infer<typeof areaSchema>[string];

/** Messages of an area in a language, by key. */
function read(language: Language, area: string): Map<string, Message> {
  return new Map(
    Object.entries(areaSchema.parse(JSON.parse(readFileSync(`${messages}/${language}/${area}.json`, 'utf8'))))
  );
}

/** Names of what has to be handed to a message, sorted. */
function parameters(message: Message): string[] {
  if (typeof message === 'string') return placeholders(message);
  const [{ declarations, match }] = message;
  const inputs = declarations.flatMap((line) => /^input (\w+)/.exec(line)?.[1] ?? []);
  const locals = declarations.flatMap((line) => /^local (\w+)/.exec(line)?.[1] ?? []);
  const named = Object.values(match)
    .flatMap(placeholders)
    .filter((name) => !locals.includes(name));
  return [...new Set([...inputs, ...named])].sort();
}

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/(?<!\\)\{(\w+)\}/g)].map(([, name = '']) => name))].sort();
}

/** Whether some variant is taken whatever the plural is. */
function complete(message: Message): boolean {
  return (
    typeof message === 'string' ||
    Object.keys(message[0].match).some((key) => key.split(',').every((part) => /=(?:other|\*)$/.test(part.trim())))
  );
}

describe.each(areas)('messages of %s', (area) => {
  const english = read('en', area);

  test.each(languages)('are whole in %s: every key, the same parameters, nothing empty', (language) => {
    const translated = read(language, area);
    expect([...translated.keys()]).toEqual([...english.keys()]);
    for (const [key, message] of translated) {
      expect(parameters(message), key).toEqual(parameters(english.get(key)!));
      expect(complete(message), `${key} has a variant for every number`).toBe(true);
      const texts = typeof message === 'string' ? [message] : Object.values(message[0].match);
      for (const text of texts) expect(text.trim(), key).not.toBe('');
    }
  });

  test('are named after their area, so that no two areas name the same', () => {
    const prefix = `${area.replaceAll('-', '_')}_`;
    expect([...english.keys()].filter((key) => !key.startsWith(prefix))).toEqual([]);
  });
});

test('every message is used', () => {
  const sources = readdirSync('web', { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(?:ts|svelte)$/.test(file) && !/(?:^|\/)generated\/|\.test\.ts$/.test(file)
  );
  const used = new Set(
    sources.flatMap((file) =>
      [...readFileSync(join('web', file), 'utf8').matchAll(/\bm\s*\.(\w+)/g)].map(([, key = '']) => key)
    )
  );
  const keys = areas.flatMap((area) => [...read('en', area).keys()]);
  expect(keys.filter((key) => !used.has(key))).toEqual([]);
});
