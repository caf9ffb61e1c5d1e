import { parseConfiguration } from '#sdk/protocol/configuration';
import { TributaryError } from '#sdk/protocol/problem';
import { readDeployment } from '../deploy/read-deployment.ts';
import { compareChain, type ChainComparison } from './compare-chain.ts';
import { compare, type Comparison } from './compare.ts';
import type { FactValue } from './facts.ts';

/** Differences that are printed one by one; of more, only the number is told. */
const shown = 50;

/**
 * Compares the running market's indexer with its subgraph, and some of what it says with the chain itself; ends with code 1
 * where they differ.
 */
async function main(): Promise<void> {
  const configuration = parseConfiguration(process.env);
  const comparison = await compare({
    indexerUrl: configuration.INDEXER_URL,
    subgraphUrl:
      configuration.SUBGRAPH_URL ?? `http://127.0.0.1:${String(configuration.SUBGRAPH_PORT)}/subgraphs/name/subgraph-0`
  });
  console.log(describe(comparison));
  const asked = await compareChain({
    indexerUrl: configuration.INDEXER_URL,
    chainUrl: configuration.CHAIN_URL.replace(/^ws/, 'http'),
    deployment: await readDeployment(configuration.DEPLOYMENT_FILE),
    ids: comparison.sample
  });
  console.log(describeChain(asked));
  if (comparison.differences.length + asked.differences.length > 0) process.exitCode = 1;
}

function describe({ block, counts, differences }: Comparison): string {
  const lines = Object.entries(counts).map(([fact, count]) => {
    const wrong = new Set(differences.filter((difference) => difference.fact === fact).map(({ id }) => id)).size;
    return `${fact.padEnd(14)}${String(count).padStart(8)}  ${wrong === 0 ? 'equal' : `${String(wrong)} differ`}`;
  });
  for (const { fact, id, field, indexer, subgraph } of differences.slice(0, shown)) {
    lines.push(
      field === null
        ? `${fact} ${id}: only the ${indexer === undefined ? 'subgraph' : 'indexer'} has it`
        : `${fact} ${id}, ${field}: indexer says ${words(indexer)}, subgraph says ${words(subgraph)}`
    );
  }
  if (differences.length > shown) lines.push(`and ${String(differences.length - shown)} more differences`);
  lines.push(
    differences.length === 0
      ? `Indexer and subgraph state the same facts at block ${String(block.number)}.`
      : `Indexer and subgraph differ at block ${String(block.number)}.`
  );
  return lines.join('\n');
}

function describeChain({ counts, differences }: ChainComparison): string {
  const asked = Object.entries(counts).map(([fact, count]) => `${String(count)} ${fact}`);
  const lines = [`Asked the contracts about some, chosen by chance: ${asked.join(', ')}.`];
  for (const { fact, id, field, indexer, chain } of differences.slice(0, shown)) {
    lines.push(`${fact} ${id}, ${field}: indexer says ${words(indexer)}, the contract says ${words(chain)}`);
  }
  lines.push(
    differences.length === 0
      ? 'The contracts say the same.'
      : `The contracts say otherwise of ${String(differences.length)} fields.`
  );
  return lines.join('\n');
}

function words(value: FactValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

main().catch((error: unknown) => {
  console.error(error instanceof TributaryError ? error.message : error);
  process.exitCode = 1;
});
