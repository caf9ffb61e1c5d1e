/**
 * Measures by receipts what the market's transactions cost, on an anvil of its own: our contracts without a fee and with
 * one of 1 %, other markets' contracts from the bytecode in their npm packages, and the opcode floor.
 *
 *   node --import tsx scripts/bench/gas/main.ts [--json]
 *
 * Everybody pays and is paid in the same DATAcoin. Balances are warm (payer, beneficiary and every contract that holds
 * money have held the token before) and the allowance is the largest, which the token then leaves as it is.
 */
import { parseArgs } from 'node:util';
import { deploy } from '../../deploy/deploy.ts';
import { localPrivateKey } from '../../start/accounts.ts';
import { startChain } from '../../start/chain.ts';
import { freePorts } from '../../start/ports.ts';
import type { Measurement } from './actions.ts';
import { PeerUnavailableError } from './errors.ts';
import { measureFloor } from './floor.ts';
import { measureOcean } from './ocean.ts';
import { gatherParties, type Parties } from './parties.ts';
import { measureSablier } from './sablier.ts';
import { openSession, type Session } from './session.ts';
import { measureStreamrHub } from './streamr-hub.ts';
import { toRows, toTable } from './table.ts';
import { measureTributary, measureTributaryWithFee } from './tributary/tributary.ts';
import { measureUnlock } from './unlock.ts';

type Measure = (session: Session, parties: Parties) => Promise<Measurement[]>;

/** Runs one system's measurements on a chain of its own with a market of ours, whose token all of them use. */
async function onOwnChain(
  feeBasisPoints: number,
  measure: (
    session: Session,
    parties: Parties,
    deployment: Awaited<ReturnType<typeof deploy>>
  ) => Promise<Measurement[]>
): Promise<Measurement[]> {
  const [port = 0] = await freePorts(1);
  const chain = await startChain({ port });
  try {
    const parameters = { feeBasisPoints, treasury: treasuryAddress };
    const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0), parameters });
    const session = openSession(chain.url, deployment.chainId);
    return await measure(session, await gatherParties(session, deployment.contracts.DATAcoin), deployment);
  } finally {
    await chain.stop();
  }
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const say = (text: string) => process.stderr.write(`${text}\n`);
const treasuryAddress = openSession('http://127.0.0.1', 31337).account(4).address.toLowerCase() as `0x${string}`;

const peers: Record<string, Measure> = {
  'Streamr Hub': measureStreamrHub,
  'Unlock Protocol': measureUnlock,
  'Ocean Protocol': measureOcean,
  'Sablier Flow': measureSablier
};
const measurements = await onOwnChain(0, async (session, parties, deployment) => {
  say('measuring Tributary without a fee');
  return measureTributary(session, parties, deployment);
});
say('measuring Tributary with a fee of 1 %');
measurements.push(...(await onOwnChain(100, measureTributaryWithFee)));
const beside = await onOwnChain(0, async (session, parties) => {
  say('measuring the opcode floor');
  const rows = await measureFloor(session, parties);
  for (const [name, measurePeer] of Object.entries(peers)) {
    say(`measuring ${name}`);
    try {
      rows.push(...(await measurePeer(session, parties)));
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
      say(`${name} is left out: ${error.message}`);
    }
  }
  return rows;
});
const rows = toRows([...measurements, ...beside]);
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : toTable(rows));
