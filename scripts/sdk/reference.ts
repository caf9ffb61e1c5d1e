import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageName } from '#sdk/protocol/package-name';

/**
 * Writes the reference of the sdk, a page of Markdown for the verbs and one for the protocol: what each module exports,
 * with its docstring.
 *
 * @param dist - Holds the declarations.
 * @param target - Folder of the pages.
 */
export function writeReference(dist: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const part of ['actions', 'protocol']) {
    const folder = join(dist, 'sdk', part);
    const doors = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.d.ts'))
      .map((name) => name.replace(/\.d\.ts$/, ''))
      .sort();
    const sections = doors.flatMap((door) => {
      const text = readFileSync(join(folder, `${door}.d.ts`), 'utf8');
      const entries = exportsOf(ts.createSourceFile(door, text, ts.ScriptTarget.ES2022));
      return entries.length === 0 ? [] : [[`## ${packageName}/${part}/${door}`, ...entries].join('\n\n')];
    });
    writeFileSync(join(target, `${part}.md`), `${[`# ${packageName}/${part}`, ...sections].join('\n\n')}\n`);
  }
}

/** What a module exports, each as a heading, the docstring and the declaration. */
function exportsOf(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    const isExported = ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    const name = nameOf(statement, source);
    if (!isExported || name === undefined) return [];
    const declaration = statement.getText(source).replace(/^export (?:declare )?/, '');
    return [[`### ${name}`, ...docstringOf(statement, source), `\`\`\`ts\n${declaration}\n\`\`\``].join('\n\n')];
  });
}

function nameOf(statement: ts.Statement, source: ts.SourceFile): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText(source);
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return named ? statement.name?.text : undefined;
}

/** As paragraphs of Markdown; examples as code. */
function docstringOf(statement: ts.Statement, source: ts.SourceFile): string[] {
  const [start] = ts.getLeadingCommentRanges(source.text, statement.pos)?.slice(-1) ?? [];
  if (start === undefined) return [];
  const comment = source.text.slice(start.pos, start.end);
  if (!comment.startsWith('/**')) return [];
  const text = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .trim();
  const [description = '', ...tags] = text.split(/^@/m);
  return [description, ...tags.map(paragraphOf)].map((paragraph) => paragraph.trim()).filter((one) => one !== '');
}

function paragraphOf(tag: string): string {
  const [, name = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(tag) ?? [];
  if (name === 'example') return `\`\`\`ts\n${rest.trim()}\n\`\`\``;
  const words: Readonly<Record<string, string>> = { param: 'Takes', returns: 'Gives', throws: 'Throws' };
  return `**${words[name] ?? name}** ${rest}`;
}
