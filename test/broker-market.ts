import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { type RawData, WebSocket } from 'ws';
import { type Broker, type BrokerOptions, createBroker } from '../broker/broker.ts';
import { deploy } from '../scripts/deploy/deploy.ts';
import type { DeploymentParameters } from '../scripts/deploy/parameters.ts';
import { localPrivateKey } from '../scripts/start/accounts.ts';
import { type RunningChain, startChain } from '../scripts/start/chain.ts';
import { freePorts } from '../scripts/start/ports.ts';
import { type Configuration, parseConfiguration } from '#sdk/protocol/configuration';
import { encryptContent } from '#sdk/protocol/content-cipher';
import type { Deployment } from '#sdk/protocol/deployment';
import type { StoredEvent, StreamEvent } from '#sdk/protocol/event';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { decodeEventFrame, encodePublishFrame } from '#sdk/protocol/frame';
import { type ClientMessage, type ServerMessage, serverMessageSchema } from '#sdk/protocol/messages';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { type Session, sessionChallengeSchema, sessionSchema, type SessionChallenge } from '#sdk/protocol/session';
import { type EventSigner, signEvent } from '#sdk/protocol/signature';
import { rootSeed, slotAt, slotKey } from '#sdk/protocol/slot-keys';
import { createDatabase } from './database.ts';
import { type MarketActors, marketActors } from './market-actors.ts';

/** A chain with the contracts, a database and a folder: all that a broker needs. */
export interface BrokerMarket {
  readonly chain: RunningChain;
  readonly deployment: Deployment;
  readonly actors: MarketActors;
  readonly configuration: Configuration;
  /** Environment for the broker as a process of its own. */
  readonly environment: Record<string, string>;
  readonly directory: string;
  /** Makes a broker on a free port; the caller starts and stops it. */
  broker(options?: Partial<Pick<BrokerOptions, 'clock' | 'configuration' | 'limits' | 'deployment'>>): Broker;
  stop(): Promise<void>;
}

export async function startBrokerMarket(
  databaseUrl: string,
  parameters: DeploymentParameters = {}
): Promise<BrokerMarket> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-broker-'));
  chmodSync(directory, 0o700);
  const [chainPort = 0, brokerPort = 0] = await freePorts(2);
  const chain = await startChain({ port: chainPort });
  const database = await createDatabase(databaseUrl);
  const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0), parameters });
  const environment = {
    DATA_DIRECTORY: directory,
    CHAIN_URL: chain.url,
    DATABASE_URL: database.url,
    BROKER_PORT: String(brokerPort),
    PUBLIC_URL: 'http://market.test:4400',
    LOG_LEVEL: process.env['BROKER_LOG'] ?? 'silent'
  };
  const configuration = parseConfiguration(environment);
  return {
    chain,
    deployment,
    actors: marketActors(chain.url, deployment),
    configuration,
    environment,
    directory,
    broker: (options = {}) =>
      createBroker({
        configuration,
        deployment,
        port: 0,
        logger: pino({ level: configuration.LOG_LEVEL }),
        ...options
      }),
    stop: async () => {
      await chain.stop();
      await database.drop();
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

/** A program that speaks the broker's WebSocket protocol, nothing added. */
export class SocketClient {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly events: StoredEvent[] = [];
  closed: { code: number; reason: string } | null = null;
  private readonly waiting = new Set<() => void>();
  private frame = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = bytesOf(data);
      if (isBinary) this.events.push(...decodeEventFrame(bytes));
      else this.messages.push(serverMessageSchema.parse(JSON.parse(bytes.toString('utf8'))));
      this.wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.wake();
    });
    socket.on('error', () => this.wake());
  }

  /** @param url Of the broker, http://... */
  static async connect(url: string): Promise<SocketClient> {
    const client = new SocketClient(new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`));
    await client.until(() => client.messages.length > 0);
    return client;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Signs in with a key; what is subscribed to from now on is for its account. */
  async signIn(privateKey: Hex): Promise<Session> {
    const { type: _, ...challenge } = await this.message('challenge');
    this.send({ type: 'authenticate', id: 0, ...(await signChallenge(challenge, privateKey)) });
    const { account, token, until } = await this.message('authenticated');
    return { account, token, until };
  }

  /** Publishes events in one frame. @returns the results, per event. */
  async publish(
    events: readonly (StreamEvent | Uint8Array)[]
  ): Promise<Extract<ServerMessage, { type: 'acknowledged' }>['results']> {
    const id = ++this.frame;
    const encoded = events.map((event) => (event instanceof Uint8Array ? event : encodeEvent(event)));
    this.socket.send(encodePublishFrame(id, encoded));
    return (await this.message('acknowledged', (message) => message.id === id)).results;
  }

  /** The first message of a type, come or still to come. */
  async message<T extends ServerMessage['type']>(
    type: T,
    fits: (message: Extract<ServerMessage, { type: T }>) => boolean = () => true
  ): Promise<Extract<ServerMessage, { type: T }>> {
    const isWanted = (message: ServerMessage): message is Extract<ServerMessage, { type: T }> =>
      message.type === type && fits(message as Extract<ServerMessage, { type: T }>);
    let found: Extract<ServerMessage, { type: T }> | undefined;
    await this.until(() => (found = this.messages.find(isWanted)) !== undefined);
    if (found === undefined) throw new TypeError(`no ${type}`);
    return found;
  }

  /** Resolves when the condition holds, which is looked at after every message. */
  async until(condition: () => boolean, what = 'the condition'): Promise<void> {
    while (!condition()) {
      if (this.closed !== null) {
        throw new RangeError(`closed with ${String(this.closed.code)} ${this.closed.reason} before ${what}`);
      }
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    while (this.closed === null) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this.closed;
  }

  close(): void {
    this.socket.terminate();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

async function signChallenge(
  challenge: SessionChallenge,
  privateKey: Hex
): Promise<{ message: string; signature: Hex }> {
  const account = privateKeyToAccount(privateKey);
  const uri = `http://${challenge.domain}`;
  const message = createSiweMessage({ ...challenge, address: account.address, uri, version: '1' });
  return { message, signature: await account.signMessage({ message }) };
}

/** Signs in over HTTP. @param url Of the broker, http://... */
export async function openSession(url: string, privateKey: Hex): Promise<Session> {
  const challenge = sessionChallengeSchema.parse(await (await fetch(`${url}/v1/session`)).json());
  const answer = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(await signChallenge(challenge, privateKey))
  });
  return sessionSchema.parse(await answer.json());
}

/** Header of requests in a session's name. */
export const bearer = ({ token }: Session) => ({ authorization: `Bearer ${token}` });

function bytesOf(data: RawData): Buffer {
  return Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** An encrypted event under a root; every field can be made wrong by `changes`, before signing. */
export async function encryptedEvent(
  stream: Address,
  signer: EventSigner,
  root: Uint8Array,
  values: { sequence?: number; timestamp?: number; text?: string; slotDuration?: number } = {},
  changes: Partial<StreamEvent> = {}
): Promise<StreamEvent> {
  const timestamp = values.timestamp ?? Date.now();
  const slot = slotAt(timestamp, values.slotDuration ?? 60);
  const header = {
    version: 1,
    stream,
    partition: 0,
    timestamp,
    sequence: values.sequence ?? 0,
    contentType: 'text/plain',
    encryptionType: 'aes-256-gcm',
    era: 0,
    slot,
    originType: signer.originType,
    origin: signer.origin,
    signatureType: signer.signatureType
  } as const;
  const plaintext = new TextEncoder().encode(values.text ?? 'a reading');
  const content = await encryptContent(header, plaintext, slotKey([rootSeed(root)], slot));
  return signEvent({ ...header, content, ...changes }, signer);
}
