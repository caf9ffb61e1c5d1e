import type { Configuration } from '#sdk/protocol/configuration';

/** Where graph-node answers for the subgraph: a graph-node of one's own, or the one that comes along. */
export function subgraphUrlOf(configuration: Configuration): string {
  return (
    configuration.SUBGRAPH_URL ?? `http://127.0.0.1:${String(configuration.SUBGRAPH_PORT)}/subgraphs/name/subgraph-0`
  );
}
