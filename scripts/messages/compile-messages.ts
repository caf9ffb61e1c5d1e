import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from '@inlang/paraglide-js';
import { buildWhenStale } from '../start/stale.ts';

/** Languages of the storefront; the first is the base, in which a text stands where a translation is missing. */
const languages = ['en', 'de', 'es'] as const;
const folder = 'web/messages';
const output = 'web/lib/generated/messages';

/**
 * Makes functions of the messages in web/messages/{language}/{area}.json, when they changed.
 *
 * The project that inlang asks for is written for the moment, so that an area is a file and nothing else, and so that
 * its plugin comes from node_modules: by itself it would be fetched from a content delivery network.
 *
 * @returns whether they had to be made
 */
export function compileMessages(): Promise<boolean> {
  return buildWhenStale({
    inputs: [folder, 'scripts/messages/compile-messages.ts', 'package-lock.json'],
    output: join(output, 'messages.js'),
    stamp: join(output, '.inputs'),
    build: async () => {
      const files = (await readdir(join(folder, languages[0]))).filter((name) => name.endsWith('.json')).sort();
      const areas = files.map((name) => basename(name, '.json'));
      const parent = await mkdtemp(join(tmpdir(), 'tributary-messages-'));
      try {
        const project = join(parent, 'project.inlang');
        await mkdir(project);
        await writeFile(
          join(project, 'settings.json'),
          JSON.stringify({
            baseLocale: languages[0],
            locales: languages,
            modules: [fileURLToPath(import.meta.resolve('@inlang/plugin-message-format'))],
            'plugin.inlang.messageFormat': {
              pathPattern: areas.map((area) => resolve(folder, '{locale}', `${area}.json`))
            }
          })
        );
        await compile({
          project,
          outdir: output,
          outputStructure: 'message-modules',
          // web/hooks.server.ts and web/hooks.client.ts say what the language is; elsewhere it is the base.
          strategy: ['baseLocale'],
          isServer: "import.meta.env?.SSR ?? typeof window === 'undefined'",
          emitReadme: false,
          emitGitIgnore: false,
          emitPrettierIgnore: false
        });
        await shorten(join(output, 'messages'));
      } finally {
        await rm(parent, { recursive: true, force: true });
      }
    }
  });
}

/** How the compiler ends every message: by asking for the language and going through all. */
const choosing =
  /\{\n\tconst locale = experimentalStaticLocale \?\? options\.locale \?\? getLocale\(\)\n(?:\tif \(locale === "\w+"\) return \w+\(inputs\)\n)+\treturn \w+\(inputs\)\n\}/;

/**
 * Chooses the language in one function for all messages, instead of in each: a third of what they weigh in the pages.
 * A message that the compiler writes in another way stays as it is.
 */
async function shorten(messages: string): Promise<void> {
  const parameters = languages.join(', ');
  const branches = languages.slice(1).map((language) => `locale === '${language}' ? ${language} : `);
  await writeFile(
    join(messages, '../choose.js'),
    `import { getLocale } from './runtime.js';\n\n` +
      `export const choose = (inputs, options, ${parameters}) => {\n` +
      `  const locale = options?.locale ?? getLocale();\n` +
      `  return (${branches.join('')}${languages[0]})(inputs ?? {});\n};\n`
  );
  for (const name of await readdir(messages)) {
    if (!name.endsWith('.js') || name === '_index.js') continue;
    const file = join(messages, name);
    const text = await readFile(file, 'utf8');
    const key = basename(name, '.js');
    const all = languages.map((language) => `${language}_${key}`);
    if (!choosing.test(text) || !all.every((one) => text.includes(`const ${one} = `))) continue;
    await writeFile(
      file,
      text
        .replace(choosing, `choose(inputs, options, ${all.join(', ')})`)
        .replace('((inputs = {}, options = {}) =>', '((inputs, options) =>')
        .replace('((inputs, options = {}) =>', '((inputs, options) =>')
        .replace(
          "import { getLocale, experimentalStaticLocale } from '../runtime.js';",
          "import { choose } from '../choose.js';"
        )
    );
  }
}
