import type { Context } from '../context.ts';
import { dataWords, parseData } from '../terminal/words.ts';
import { examples } from './command.ts';
import type { AddCommand } from './command.ts';

interface McpOptions {
  readonly perPurchase: string;
  readonly perDay: string;
}

export const addMcp: AddCommand = (program, run) => {
  program
    .command('mcp')
    .description('serve the market to a language model over MCP (standard input and output)')
    .option('--per-purchase <DATA>', 'most that one purchase may cost', '0')
    .option('--per-day <DATA>', 'most that purchases within 24 hours may cost together', '0')
    .addHelpText(
      'after',
      `${examples('tributary mcp --per-purchase 0.5 --per-day 2 --key robot --passphrase-from file:/run/secrets/robot')}
Tools: search, inspect, quote, buy, read_latest, licences. Without limits it only buys what is free. What was spent is
kept in TRIBUTARY_HOME/spending, so that a restart gives nothing back; all servers of one account share it. The passphrase
cannot be typed: standard input is the protocol.

In a client's configuration:
  {"mcpServers": {"tributary": {
    "command": "node",
    "args": ["/where/this/project/is/scripts/tributary/tributary.mjs", "mcp", "--per-purchase", "0.5", "--per-day", "2"],
    "env": {"TRIBUTARY_PASSPHRASE_FROM": "file:/run/secrets/robot"}}}}\n`
    )
    .action(run<McpOptions>(mcp));
};

async function mcp(context: Context, { perPurchase, perDay }: McpOptions): Promise<void> {
  const limits = { perPurchase: parseData(perPurchase), perDay: parseData(perDay) };
  // Loaded when needed: other commands start without it.
  const [{ StdioServerTransport }, { createMcpServer }, { createMarketTools }] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/stdio.js'),
    import('../mcp/server.ts'),
    import('../mcp/market-tools.ts')
  ]);
  const interrupted = context.interrupted();
  const server = createMcpServer(createMarketTools(context, limits), context.version);
  const transport = new StdioServerTransport();
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    // The client went away.
    context.input.once('end', resolve);
    interrupted.addEventListener('abort', () => {
      resolve();
    });
  });
  await server.connect(transport);
  context.output.progress(
    `Serving ${context.settings.market} over MCP; at most ${dataWords(limits.perPurchase)} per purchase and ${dataWords(limits.perDay)} in 24 hours.`
  );
  await closed;
  await server.close();
}
