import {
  type Abi,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseEventLogs,
  parseTransaction,
  recoverTransactionAddress,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
  type TransactionSerialized,
  WaitForTransactionReceiptTimeoutError,
  zeroAddress
} from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { ConfigureStreamRequest, CreateStreamRequest, PreparedTransaction } from '#sdk/protocol/stream';
import { askChain } from './ask.ts';
import { type ChainClient, reasonOf } from './client.ts';
import { StreamUnknownError } from './errors.ts';
import type { ChainHead } from './head.ts';
import { permissions, type StreamDirectory } from './streams.ts';

/** The transaction is none that the broker passes on, or the chain does not take it. */
export class TransactionRefusedError extends TributaryError {
  readonly code = 'transaction-refused';
  readonly title = 'The transaction is not passed on';
}

/** What became of a transaction. */
export interface SentTransaction {
  readonly hash: Hex;
  /** Null while it is in no block. */
  readonly receipt: TransactionReceipt | null;
  /** The stream that it created or was sent to; null where it created none. */
  readonly stream: Address | null;
}

/** Milliseconds to wait for a block before the sender is told to ask again, and between two looks at the chain. */
const patience = 30_000;
const lookInterval = 250;

interface Call {
  readonly to: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
  readonly purpose: string;
}

/** Transactions that create, configure and delete streams: prepared for others to sign, and passed on once signed. */
export class StreamTransactions {
  private readonly client: ChainClient;
  private readonly head: ChainHead;
  private readonly streams: StreamDirectory;
  private readonly deployment: Deployment;

  constructor(client: ChainClient, head: ChainHead, streams: StreamDirectory, deployment: Deployment) {
    this.client = client;
    this.head = head;
    this.streams = streams;
    this.deployment = deployment;
  }

  /**
   * @param from Who will sign; null where that is not known.
   * @throws ContractRefusedError where the chain would refuse it; ChainUnavailableError.
   */
  create({ name, description, slotDuration, partitions }: CreateStreamRequest, from: Address | null) {
    return this.prepare(from, [
      {
        to: this.deployment.contracts.StreamRegistry,
        abi: streamRegistryAbi,
        functionName: 'createStream',
        args: [name, description, slotDuration, partitions],
        purpose: `Creates the stream "${name}" with ${String(partitions)} partition(s); whoever signs is its owner.`
      }
    ]);
  }

  /** @throws as {@link create}; StreamUnknownError, StreamDeletedError. */
  async configure(stream: Address, request: ConfigureStreamRequest, from: Address | null) {
    await this.streams.findRunning(stream);
    const onStream = (functionName: string, args: readonly unknown[], purpose: string): Call => ({
      to: stream,
      abi: streamAbi,
      functionName,
      args,
      purpose
    });
    const calls: Call[] = [];
    const { name, description, owner } = request;
    if (name !== undefined || description !== undefined) {
      const known = name !== undefined && description !== undefined ? null : await this.streams.texts(stream);
      const texts = [name ?? known?.name, description ?? known?.description];
      calls.push(onStream('setMetadata', texts, 'Changes the name and description of the stream.'));
    }
    for (const { account, permission, until } of request.permissions) {
      const whom = account === 'everyone' ? 'everyone' : account;
      const purpose =
        until === 0
          ? `Takes the permission "${permission}" away from ${whom}.`
          : `Gives ${whom} the permission "${permission}" until ${timeOf(until)}.`;
      const args = [account === 'everyone' ? zeroAddress : account, permissions[permission], until];
      calls.push(onStream('setPermission', args, purpose));
    }
    if (owner !== undefined) {
      const purpose = `Proposes ${owner} as the next owner, who has to accept.`;
      calls.push(onStream('transferOwnership', [owner], purpose));
    }
    return this.prepare(from, calls);
  }

  /** @throws as {@link configure}. */
  async delete(stream: Address, from: Address | null) {
    await this.streams.findRunning(stream);
    const purpose = 'Deletes the stream for good. What it stored stays readable for those who bought it.';
    return this.prepare(from, [{ to: stream, abi: streamAbi, functionName: 'deleteStream', args: [], purpose }]);
  }

  /**
   * Passes a signed transaction on, if it goes to the registry or a stream of it, and waits until it is in a block. The
   * same transaction again is not sent again.
   *
   * @throws {@link TransactionRefusedError}, ChainUnavailableError.
   */
  async send(serialized: Hex): Promise<SentTransaction> {
    const { to, from } = await this.examine(serialized);
    const hash = keccak256(serialized);
    let receipt = await this.receiptOf(hash);
    if (receipt === null) {
      await this.submit(serialized, hash, from);
      receipt = await this.waitFor(hash);
    }
    const registry = this.deployment.contracts.StreamRegistry.toLowerCase();
    if (to !== registry) return { hash, receipt, stream: to };
    const logs = parseEventLogs({ abi: streamRegistryAbi, eventName: 'StreamCreated', logs: receipt?.logs ?? [] });
    return { hash, receipt, stream: (logs[0]?.args.stream.toLowerCase() ?? null) as Address | null };
  }

  private async prepare(from: Address | null, calls: readonly Call[]): Promise<PreparedTransaction[]> {
    const prepared: PreparedTransaction[] = [];
    for (const { to, abi, functionName, args, purpose } of calls) {
      const data = encodeFunctionData({ abi, functionName, args });
      const { chainId } = this.deployment;
      const gas = from === null ? null : await this.estimate(from, to, data, abi);
      prepared.push({ chainId, to, data, value: '0', gas: gas === null ? null : String(gas), purpose });
    }
    return prepared;
  }

  private async estimate(from: Address, to: Address, data: Hex, abi: Abi): Promise<bigint> {
    // Asked before it is said that the chain refuses: it may just be away.
    await askChain(this.head, () => this.client.getBlockNumber());
    try {
      return await this.client.estimateGas({ account: from, to, data });
    } catch (error) {
      throw translateChainError(error, abi);
    }
  }

  private async examine(serialized: Hex): Promise<{ to: Address; from: Address }> {
    let to: string | null | undefined;
    let chainId: number | undefined;
    let from: Address;
    try {
      ({ to, chainId } = parseTransaction(serialized));
      from = await recoverTransactionAddress({ serializedTransaction: serialized as TransactionSerialized });
    } catch {
      throw new TransactionRefusedError('Send a signed transaction, serialised as wallets do (EIP-2718 or RLP).');
    }
    if (chainId !== this.deployment.chainId) {
      throw new TransactionRefusedError(`Sign for chain ${String(this.deployment.chainId)}.`);
    }
    const address = (to ?? '').toLowerCase() as Address;
    if (address !== this.deployment.contracts.StreamRegistry.toLowerCase()) await this.checkStream(address);
    return { to: address, from };
  }

  private async checkStream(address: Address): Promise<void> {
    const reason = 'Only transactions to the StreamRegistry and its streams are passed on. Send others to the chain.';
    if (address.length !== 42) throw new TransactionRefusedError(reason);
    try {
      await this.streams.find(address);
    } catch (error) {
      if (error instanceof StreamUnknownError) throw new TransactionRefusedError(reason);
      throw error;
    }
  }

  private async submit(serializedTransaction: Hex, hash: Hex, from: Address): Promise<void> {
    await askChain(this.head, () => this.client.getBlockNumber());
    try {
      await this.client.sendRawTransaction({ serializedTransaction });
    } catch (error) {
      // Sent before, by somebody else or by the same one: what counts is that the chain has it.
      if (await this.isKnown(hash)) return;
      throw new TransactionRefusedError(`The chain does not take the transaction of ${from}: ${reasonOf(error)}`);
    }
  }

  private async isKnown(hash: Hex): Promise<boolean> {
    return this.client.getTransaction({ hash }).then(
      () => true,
      () => false
    );
  }

  private async receiptOf(hash: Hex): Promise<TransactionReceipt | null> {
    return askChain(this.head, () =>
      this.client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return null;
        throw error;
      })
    );
  }

  private async waitFor(hash: Hex): Promise<TransactionReceipt | null> {
    return askChain(this.head, () =>
      this.client
        .waitForTransactionReceipt({ hash, timeout: patience, pollingInterval: lookInterval })
        .catch((error: unknown) => {
          if (error instanceof WaitForTransactionReceiptTimeoutError) return null;
          throw error;
        })
    );
  }
}

const timeOf = (seconds: number): string =>
  seconds === 2 ** 40 - 1 ? 'it is taken away' : new Date(Math.min(seconds * 1000, 8.64e15)).toISOString();
