import { z } from 'zod';

const schemaSchema = z.looseObject({ type: z.unknown().optional(), enum: z.array(z.unknown()).optional() });
const operationSchema = z.looseObject({
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        schema: schemaSchema.optional()
      })
    )
    .optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({
      description: z.string(),
      content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional()
    })
  )
});
const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });
type Operation = z.infer<typeof operationSchema>;

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
code, pre { font: 0.875rem/1.45 ui-monospace, monospace; }
pre { overflow: auto; max-height: 28rem; padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 0.5rem; }
section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: 1rem 0; }
h2 { font-size: 1.125rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; }
summary { cursor: pointer; }
`;

/**
 * OpenAPI document -> a page for people, complete in itself: no script, nothing from a third party.
 *
 * @param openapi The document as it is served at /v1/openapi.json.
 */
export function referencePage(openapi: unknown): string {
  const { paths } = documentSchema.parse(openapi);
  const sections = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => section(method, path, operation))
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Discovery API: reference</title><style>${style}</style></head>
<body><main>
<h1>Discovery API, version 1</h1>
<p>REST as described here, machine-readable in <a href="/v1/openapi.json">OpenAPI 3.1</a>; the same facts over
<code>POST /graphql</code>. Amounts are DATAcoin wei in decimal digits, times Unix seconds, addresses and ids lowercase
hexadecimal. Refusals are problems (RFC 9457). <code>GET /ipfs/{cid}</code> serves stored content.</p>
${sections.join('\n')}
</main></body></html>`;
}

function section(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    (parameter) =>
      `<tr><td><code>${escape(parameter.name)}</code></td><td>${escape(parameter.in)}</td>` +
      `<td>${parameter.required === true ? 'required' : 'optional'}</td>` +
      `<td><code>${escape(JSON.stringify(parameter.schema ?? {}))}</code></td></tr>`
  );
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const schema = Object.values(response.content ?? {})[0]?.schema;
    const shape =
      status.startsWith('2') && schema !== undefined
        ? `<details><summary>Shape</summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details>`
        : '';
    return `<tr><td><code>${escape(status)}</code></td><td>${escape(response.description)}${shape}</td></tr>`;
  });
  return `<section>
<h2><code>${escape(method.toUpperCase())} ${escape(path)}</code></h2>
<p>${escape([operation.summary, operation.description].filter((line) => line !== undefined).join('. '))}</p>
${parameters.length === 0 ? '' : `<table><tbody>${parameters.join('')}</tbody></table>`}
<table><tbody>${responses.join('')}</tbody></table>
</section>`;
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
