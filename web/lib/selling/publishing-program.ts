interface PublishingProgram {
  /** Address of the market. */
  readonly origin: string;
  readonly stream: string;
  /** Name of the key file; null where everyone may read. */
  readonly keyFile: string | null;
  /** What an event looks like. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** A program that publishes an event every second. */
export function publishingProgram({ origin, stream, keyFile, example }: PublishingProgram): string {
  const keys =
    keyFile === null
      ? { imports: '', make: '', use: '' }
      : {
          imports: `import { readFile } from 'node:fs/promises';\nimport { hexToBytes } from 'viem';\n`,
          make: `const { era, root } = JSON.parse(await readFile('${keyFile}', 'utf8'));
const keys = { era, seeds: [rootSeed(hexToBytes(root))] };
`,
          use: ',\n  keys'
        };
  const content = JSON.stringify(example, null, 2).replaceAll('\n', '\n    ');
  return `${keys.imports}import { WebSocket } from 'ws';
import { connectMarket } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import { privateKeySigner } from '#sdk/protocol/signature';
${keyFile === null ? '' : `import { rootSeed } from '#sdk/protocol/slot-keys';\n`}
const market = await connectMarket('${origin}', { webSocket: WebSocket });
${keys.make}
const publisher = await createPublisher({
  market,
  stream: '${stream}',
  // The account of this key may publish: the seller's, or the one that the form names.
  signer: privateKeySigner(process.env.PRIVATE_KEY)${keys.use}
});

setInterval(async () => {
  const { offset } = await publisher.publish({
    json: ${content}
  });
  console.log('published', offset);
}, 1000);
`;
}
