import { parseConfiguration } from '#sdk/protocol/configuration';
import { TributaryError } from '#sdk/protocol/problem';
import { readDeployment } from '../read-deployment.ts';
import { publishSubgraph } from './publish-subgraph.ts';

/** Deploys the subgraph of the contracts in DEPLOYMENT_FILE to graph-node or to The Graph. */
async function main(): Promise<void> {
  const configuration = parseConfiguration(process.env);
  const said = await publishSubgraph({
    deployment: await readDeployment(configuration.DEPLOYMENT_FILE),
    name: configuration.SUBGRAPH_NAME,
    version: configuration.SUBGRAPH_VERSION,
    nodeUrl: configuration.SUBGRAPH_NODE_URL,
    ipfsUrl: configuration.SUBGRAPH_IPFS_URL,
    keyFile: configuration.SUBGRAPH_DEPLOY_KEY_FILE
  });
  console.log(said);
}

main().catch((error: unknown) => {
  console.error(error instanceof TributaryError ? error.message : error);
  process.exitCode = 1;
});
