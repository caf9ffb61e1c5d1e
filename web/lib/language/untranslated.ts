import { parse, type AST } from 'svelte/compiler';

/** What is written alike in every language. */
const names =
  /\b(?:Tributary|DATA(?:coin)?|CSV|JSON|NDJSON|GeoTIFF|REST|GraphQL|IPFS|SHA-256|CID(?:v1)?|Parquet|URL|API|ID|QR|UTC)\b/g;

/** Attributes and properties that people read or hear. */
const spoken =
  /^(?:title|alt|label|legend|placeholder|hint|error|detail|summary|heading|zero|per|over|action|content)$/;
const isSpoken = (name: string) =>
  spoken.test(name) || /^aria-(?:label|description|roledescription|valuetext)$/.test(name);

/** Elements whose text is no language: code and styles. */
const silent = new Set(['code', 'pre', 'style', 'script', 'kbd', 'samp']);

/** Names of files, paths and keys of the keyboard. */
const technical = /^(?:https?:\/\/|[\w-]*(?:[./][\w-]+)+|Escape|Enter|Tab|Home|End|Arrow\w+)$/;

const wordsOf = (text: string) => (technical.test(text.trim()) ? '' : text.replaceAll(names, '').trim());
const hasWord = (text: string) => /\p{L}{2}/u.test(wordsOf(text));
/** Begins like a sentence or a title: a capital, small letters. */
const isTitle = (text: string) => /^\p{Lu}[\p{Ll}’']+(?:[ .,:…]|$)/u.test(wordsOf(text));
/** Several words, the first with a capital, or with a full stop at the end: what nobody writes for a machine. */
const isSentence = (text: string) =>
  (isTitle(text) && /\p{L}+\s+\p{L}/u.test(text)) || /\p{Ll}{2,} .*\p{Ll}{2,}[.!?]$/su.test(text);

/** Where a text stands, which decides how much like a text of a page it has to look. */
type Place = 'markup' | 'spoken' | 'attribute' | 'expression' | 'script';
const looksRead: Record<Place, (text: string) => boolean> = {
  markup: hasWord,
  spoken: hasWord,
  attribute: isTitle,
  expression: (text) => isTitle(text) || isSentence(text),
  script: isSentence
};

/** Whether static text of an attribute is more than one word. */
const hasSpace = (value: unknown) =>
  Array.isArray(value) &&
  value.some((part: { data?: unknown }) => typeof part.data === 'string' && /\s/.test(part.data));

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/**
 * Texts of a component, or of a module, that stand there in one language instead of being messages.
 *
 * @param file Its name, which says which of the two it is. @param source What is in it.
 * @returns Each such text, as it stands there.
 */
export function untranslatedTexts(file: string, source: string): string[] {
  const whole = file.endsWith('.svelte')
    ? source
    : `<script lang="ts">\n${source.replaceAll('</script', '<\\/script')}\n</script>`;
  const root: AST.Root = parse(whole, { modern: true, filename: file });
  const found: string[] = [];

  function check(text: unknown, place: Place): void {
    if (typeof text !== 'string') return;
    // A country's habits in numbers and dates are not the page's.
    if (looksRead[place](text) || /^en-[A-Z]{2}$/.test(text)) found.push(text.trim().replaceAll(/\s+/g, ' '));
  }

  function walk(node: Node, place: Place): void {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'Comment':
        return;
      case 'Text':
        if (place === 'markup' || place === 'spoken') check(node['data'], place);
        return;
      case 'Literal':
        check(node['value'], place === 'markup' || place === 'spoken' ? 'expression' : place);
        return;
      case 'TemplateElement':
        check(
          (node['value'] as { cooked?: unknown }).cooked,
          place === 'markup' || place === 'spoken' ? 'expression' : place
        );
        return;
      case 'RegularElement':
        visit(node['attributes'], 'attribute');
        if (!silent.has(String(node['name']))) visit(node['fragment'], 'markup');
        return;
      case 'Attribute': {
        const name = String(node['name']);
        // A form's address and a robot's orders stand in attributes of such names too.
        const ordered = /^(?:action|content)$/.test(name) && !hasSpace(node['value']);
        visit(node['value'], isSpoken(name) && !ordered ? 'spoken' : 'attribute');
        return;
      }
      case 'Fragment':
        visit(node['nodes'], 'markup');
        return;
    }
    if (/^TS(?!AsExpression|NonNullExpression|SatisfiesExpression)/.test(node.type)) return;
    for (const [field, value] of Object.entries(node)) {
      if (field !== 'typeAnnotation' && field !== 'metadata')
        visit(value, node.type === 'StyleDirective' ? 'attribute' : place);
    }
  }
  function visit(value: unknown, place: Place): void {
    if (Array.isArray(value)) for (const each of value) visit(each, place);
    else if (isNode(value)) walk(value, place);
  }

  visit(root.fragment, 'markup');
  visit(root.instance?.content, 'script');
  visit(root.module?.content, 'script');
  return found;
}
