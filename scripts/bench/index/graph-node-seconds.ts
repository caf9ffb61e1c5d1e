import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startGraphNode, type GraphNodeOptions } from '../../start/graph-node.ts';

const metaSchema = z.object({ data: z.object({ _meta: z.object({ block: z.object({ number: z.number() }) }) }) });

/** Seconds of a real graph-node with the subgraph, from its first answer over GraphQL to the last block being visible. */
export async function graphNodeSeconds(options: GraphNodeOptions, head: number): Promise<number> {
  const graphNode = await startGraphNode(options);
  try {
    const began = performance.now();
    for (;;) {
      const response = await fetch(graphNode.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ _meta { block { number } } }"}'
      });
      // until its first block it has no answer
      const answer = metaSchema.safeParse(await response.json());
      if (answer.success && answer.data.data._meta.block.number >= head) return (performance.now() - began) / 1_000;
      await sleep(20);
    }
  } finally {
    await graphNode.stop();
  }
}
