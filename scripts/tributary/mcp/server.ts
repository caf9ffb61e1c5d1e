import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { TributaryError } from '#sdk/protocol/problem';
import type { MarketTools } from './market-tools.ts';
import {
  buyInput,
  buyOutput,
  inspectInput,
  inspectOutput,
  licencesInput,
  licencesOutput,
  quoteInput,
  quoteOutput,
  readLatestInput,
  readLatestOutput,
  searchInput,
  searchOutput
} from './shapes.ts';
import { thirdPartyNotice } from './third-party.ts';

const instructions = `Tributary is a marketplace for real-time data streams. search finds products, inspect shows one, quote says what a licence costs, buy pays in DATAcoin within the spending limit of the owner, read_latest reads events, licences lists what was bought. A purchase cannot be taken back unless the product is settled by the second or by event. ${thirdPartyNotice}`;

/** An answer as both structure and text, for clients that read only one. */
function answer(value: object) {
  return {
    content: [{ type: 'text' as const, text: JSON.stringify(value) }],
    structuredContent: value as Record<string, unknown>
  };
}

/** What went wrong in a sentence, never a stack trace. */
function refusal(error: unknown) {
  const text =
    error instanceof TributaryError
      ? `${error.title}. ${error.message}`
      : `This failed in a way that was not foreseen: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  return { content: [{ type: 'text' as const, text }], isError: true };
}

const handled =
  <I>(tool: (input: I) => Promise<object>) =>
  async (input: I) => {
    try {
      return answer(await tool(input));
    } catch (error) {
      return refusal(error);
    }
  };

/** A Model Context Protocol server with the market's tools. */
export function createMcpServer(tools: MarketTools, version: string): McpServer {
  const server = new McpServer({ name: 'tributary', title: 'Tributary data market', version }, { instructions });
  const reading = { readOnlyHint: true, openWorldHint: true } as const;
  server.registerTool(
    'search',
    {
      title: 'Search products',
      description: `Find data streams that are on sale. ${thirdPartyNotice}`,
      inputSchema: searchInput,
      outputSchema: searchOutput,
      annotations: reading
    },
    handled(tools.search)
  );
  server.registerTool(
    'inspect',
    {
      title: 'Inspect a product',
      description: `What a product is, what it costs, whether its streams live, how its events look, its terms of use. ${thirdPartyNotice}`,
      inputSchema: inspectInput,
      outputSchema: inspectOutput,
      annotations: reading
    },
    handled(tools.inspect)
  );
  server.registerTool(
    'quote',
    {
      title: 'Quote a licence',
      description: 'What a licence costs now, when it ends, and whether the spending limit of the owner allows it.',
      inputSchema: quoteInput,
      outputSchema: quoteOutput,
      annotations: reading
    },
    handled(tools.quote)
  );
  server.registerTool(
    'buy',
    {
      title: 'Buy a licence',
      description:
        'Buy or renew a licence with real money of the owner. Refused before anything is signed when it costs more than "most" or than the spending limit of the owner.',
      inputSchema: buyInput,
      outputSchema: buyOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true }
    },
    handled(tools.buy)
  );
  server.registerTool(
    'read_latest',
    {
      title: 'Read the latest events',
      description: `The newest events of a product or stream that the owner may read: verified and decrypted. ${thirdPartyNotice}`,
      inputSchema: readLatestInput,
      outputSchema: readLatestOutput,
      annotations: reading
    },
    handled(tools.readLatest)
  );
  server.registerTool(
    'licences',
    {
      title: 'List licences',
      description: `Licences that the owner holds. ${thirdPartyNotice}`,
      inputSchema: licencesInput,
      outputSchema: licencesOutput,
      annotations: reading
    },
    handled(tools.licences)
  );
  return server;
}
