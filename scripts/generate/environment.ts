/**
 * Writes .env.example from the configuration schema.
 *
 *   node --import tsx scripts/generate/environment.ts           writes
 *   node --import tsx scripts/generate/environment.ts --check   exits 1 where it differs
 */
import { configurationSchema } from '#sdk/protocol/configuration';
import { writeOrCheck } from './generated-files.ts';

const header = `# Everything that can be configured. npm start needs none of it.
# Generated from sdk/protocol/configuration.ts by scripts/generate/environment.ts; do not edit.
# Lines that are commented out show the default, or nothing where there is none.
`;

function example(): string {
  const variables = Object.entries(configurationSchema.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined);
    const value = fallback.success && fallback.data !== undefined ? String(fallback.data) : '';
    return `\n# ${schema.description ?? ''}\n# ${name}=${value}\n`;
  });
  return header + variables.join('');
}

await writeOrCheck(new Map([['.env.example', example()]]), 'scripts/generate/environment.ts');
