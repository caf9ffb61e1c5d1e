import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  getContractAddress,
  http,
  parseEventLogs,
  type Abi,
  type Account,
  type Address,
  type Hex,
  type TransactionReceipt
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { attestationServiceAbi } from '#contracts/generated/attestationService';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Deployment } from '#sdk/protocol/deployment';
import { contractOffer, type Offer } from '#sdk/protocol/offer';
import { endOnBoundary } from '#sdk/protocol/price';
import { isSettledByEvents } from '#sdk/protocol/settlement';
import { localPrivateKey } from '../scripts/start/accounts.ts';

/** Permissions by their number in IStream.Permission. */
export const permissions = { read: 0, write: 1, edit: 2, grant: 3, delete: 4 } as const;
/** The end of a permission that never ends: the largest uint40. */
export const forever = 2 ** 40 - 1;
export const everyone: Address = '0x0000000000000000000000000000000000000000';

/** An offer that was listed, and what a purchase has to name. */
export interface ListedOffer {
  readonly offer: Offer;
  readonly offerId: Hex;
  readonly position: bigint;
}

export interface PurchaseOptions {
  readonly publicKey?: Hex;
  /** Who may read, where that is not the buyer. */
  readonly licensee?: Address;
  /** EAS uid, where the offer demands an attestation. */
  readonly attestation?: Hex;
}

/** A 32-byte value that stands for a hash or a key: its number, repeated. */
export function bytes32(number: number): Hex {
  return `0x${number.toString(16).padStart(2, '0').repeat(32)}`;
}

/**
 * Acts on the contracts as sellers and buyers would, straight by their ABIs, so that tests of readers of the chain do
 * not rest on the sdk. Accounts are the local chain's, by index; 0 deployed and holds all DATAcoin.
 */
export function marketActors(chainUrl: string, deployment: Deployment) {
  const transport = http(chainUrl);
  const reader = createPublicClient({ transport, pollingInterval: 20, cacheTime: 0 });
  const chain = createTestClient({ mode: 'anvil', transport });
  const { DATAcoin, StreamRegistry, DataLicense, DeliveryEscrow, Wishlist, AttestationService, DeliveryOracle } =
    deployment.contracts;
  const account = (index: number) => privateKeyToAccount(localPrivateKey(index));

  /** Sends without waiting, for tests that put several transactions into one block. */
  const send = async (from: Account, address: Address, abi: Abi, functionName: string, args: readonly unknown[]) =>
    createWalletClient({ transport, account: from }).writeContract({
      address,
      abi,
      functionName,
      args: [...args],
      chain: null,
      // given, since a call whose stream is created in the same block cannot be estimated before it
      gas: 3_000_000n
    });
  const confirmed = async (hash: Hex): Promise<TransactionReceipt> => {
    const receipt = await reader.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new TransactionFailedError(`Transaction ${hash} was reverted.`);
    return receipt;
  };
  const act = async (from: Account, address: Address, abi: Abi, functionName: string, args: readonly unknown[]) =>
    confirmed(await send(from, address, abi, functionName, args));

  /** Sends a purchase without waiting for it. */
  const sendPurchase = async (
    buyer: Account,
    { offer, offerId, position }: ListedOffer,
    seconds: number,
    options: PurchaseOptions = {}
  ): Promise<Hex> => {
    const [, runsUntil] = await reader.readContract({
      address: DataLicense,
      abi: dataLicenseAbi,
      functionName: 'licenseOf',
      args: [offerId, options.licensee ?? buyer.address]
    });
    // a block later the clock may stand a little further: the minimum must still be met
    const start = Math.max((await now()) + 30, Number(runsUntil));
    // settled by events, the seconds up to the first boundary do not count
    const counted = isSettledByEvents(offer.settlement) ? endOnBoundary(start, offer.boundary) : start;
    const until = endOnBoundary(counted + seconds, offer.boundary);
    const purchase = {
      position,
      until: BigInt(until),
      publicKey: options.publicKey ?? bytes32(0x01),
      attestation: options.attestation ?? bytes32(0)
    };
    const rest = [contractOffer(offer), purchase];
    return options.licensee === undefined
      ? send(buyer, DataLicense, dataLicenseAbi, 'buy', rest)
      : send(buyer, DataLicense, dataLicenseAbi, 'buyFor', [options.licensee, ...rest]);
  };

  const now = async () => Number((await reader.getBlock()).timestamp);

  return {
    reader,
    chain,
    account,
    send,
    confirmed,
    now,

    /** Lets transactions be sent without being mined, then mines all of them in one block. */
    async inOneBlock(sendAll: () => Promise<readonly Hex[]>): Promise<void> {
      await chain.setAutomine(false);
      try {
        const hashes = await sendAll();
        await chain.mine({ blocks: 1 });
        const blocks = await Promise.all(hashes.map(async (hash) => (await confirmed(hash)).blockNumber));
        if (new Set(blocks).size !== 1) throw new TransactionFailedError('The block did not hold all transactions.');
      } finally {
        await chain.setAutomine(true);
      }
    },

    /** Creates a contract from creation code without arguments. */
    async deploy(from: Account, bytecode: Hex): Promise<Address> {
      const wallet = createWalletClient({ transport, account: from });
      const { contractAddress } = await confirmed(await wallet.sendTransaction({ data: bytecode, chain: null }));
      if (!contractAddress) throw new TransactionFailedError('No contract was created.');
      return contractAddress;
    },

    /** Calls DataLicense with an offer first: cancel, revoke, flag, answerFlag, withdraw, settle. */
    onLicense: (from: Account, functionName: string, { offer }: ListedOffer, ...rest: readonly unknown[]) =>
      act(from, DataLicense, dataLicenseAbi, functionName, [contractOffer(offer), ...rest]),
    /** Calls DeliveryEscrow with an offer first: release, close. */
    onEscrow: (from: Account, functionName: string, { offer }: ListedOffer, ...rest: readonly unknown[]) =>
      act(from, DeliveryEscrow, deliveryEscrowAbi, functionName, [contractOffer(offer), ...rest]),
    onWishlist: (from: Account, functionName: string, ...args: readonly unknown[]) =>
      act(from, Wishlist, wishlistAbi, functionName, args),
    replaceKey: (licensee: Account, { offerId }: ListedOffer, publicKey: Hex) =>
      act(licensee, DataLicense, dataLicenseAbi, 'replaceKey', [offerId, publicKey]),

    /** Lets the deployer, the market's only attestor, say how many events a stream had before a time (Unix seconds). */
    async reportDelivery(stream: Address, time: number, count: bigint): Promise<void> {
      const oracle = DeliveryOracle;
      if (oracle === null) throw new RangeError('the market has no delivery oracle');
      const attestor = account(0);
      const signature = await attestor.signTypedData({
        domain: {
          name: 'ThresholdDeliveryOracle',
          version: '1',
          chainId: deployment.chainId,
          verifyingContract: oracle
        },
        types: {
          Delivery: [
            { name: 'stream', type: 'address' },
            { name: 'time', type: 'uint256' },
            { name: 'count', type: 'uint256' }
          ]
        },
        primaryType: 'Delivery',
        message: { stream, time: BigInt(time), count }
      });
      const attestations = [{ attestor: attestor.address, signature }];
      await act(attestor, oracle, thresholdDeliveryOracleAbi, 'report', [stream, BigInt(time), count, attestations]);
    },

    /** Attests at the attestation service by one of the market's schemas. @returns the uid. */
    async attest(
      attester: Account,
      schema: Hex | null,
      recipient: Address,
      data: Hex,
      expirationTime = 0n
    ): Promise<Hex> {
      if (AttestationService === null) throw new RangeError('the market has no attestation service');
      const request = { recipient, expirationTime, revocable: true, refUID: bytes32(0), data, value: 0n };
      const receipt = await act(attester, AttestationService, attestationServiceAbi, 'attest', [
        { schema, data: request }
      ]);
      const [event] = parseEventLogs({ abi: attestationServiceAbi, eventName: 'Attested', logs: receipt.logs });
      if (event === undefined) throw new TransactionFailedError('The attestation service announced nothing.');
      return event.args.uid;
    },
    revokeAttestation: (attester: Account, schema: Hex | null, uid: Hex) =>
      act(attester, AttestationService ?? everyone, attestationServiceAbi, 'revoke', [
        { schema, data: { uid, value: 0n } }
      ]),

    onStream: (from: Account, stream: Address, functionName: string, args: readonly unknown[]) =>
      act(from, stream, streamAbi, functionName, args),

    async createStream(
      owner: Account,
      name: string,
      options: { description?: string; slotDuration?: number; partitions?: number; registry?: Address } = {}
    ): Promise<Address> {
      const receipt = await act(owner, options.registry ?? StreamRegistry, streamRegistryAbi, 'createStream', [
        name,
        options.description ?? '',
        options.slotDuration ?? 60,
        options.partitions ?? 1
      ]);
      const [event] = parseEventLogs({ abi: streamRegistryAbi, eventName: 'StreamCreated', logs: receipt.logs });
      if (event === undefined) throw new TransactionFailedError('The registry announced no stream.');
      return event.args.stream;
    },

    /** Address of the stream that the registry will create next. */
    async nextStream(): Promise<Address> {
      const nonce = await reader.getTransactionCount({ address: StreamRegistry });
      return getContractAddress({ from: StreamRegistry, nonce: BigInt(nonce) });
    },

    async listOffer(
      seller: Account,
      streams: readonly Address[],
      terms: Partial<Omit<Offer, 'seller' | 'streams'>> & { documentHash?: Hex } = {}
    ): Promise<ListedOffer> {
      const { documentHash = bytes32(0xd0), ...promised } = terms;
      const offer: Offer = {
        seller: seller.address,
        productNumber: 1n,
        beneficiary: seller.address,
        pricePerSecond: 1_000_000_000_000n,
        minimumPeriod: 60,
        maximumPeriod: 31_536_000,
        boundary: 3600,
        feeBasisPoints: deployment.feeBasisPoints,
        settlement: 'at-once',
        oracle: everyone,
        events: 0n,
        deliveryPeriod: 0,
        attestationSchema: bytes32(0),
        termsHash: bytes32(0x7e),
        attesters: [],
        streams: [...streams].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
        ...promised
      };
      const receipt = await act(seller, DataLicense, dataLicenseAbi, 'list', [contractOffer(offer), documentHash]);
      const [event] = parseEventLogs({ abi: dataLicenseAbi, eventName: 'OfferListed', logs: receipt.logs });
      if (event === undefined) throw new TransactionFailedError('DataLicense announced no offer.');
      return { offer, offerId: event.args.offerId, position: event.args.position };
    },

    describeOffer: ({ offer, position }: ListedOffer, seller: Account, documentHash: Hex) =>
      act(seller, DataLicense, dataLicenseAbi, 'describe', [contractOffer(offer), position, documentHash]),
    retireOffer: ({ offer, position }: ListedOffer, seller: Account) =>
      act(seller, DataLicense, dataLicenseAbi, 'retire', [contractOffer(offer), position]),

    /** Gives an account DATAcoin and lets the market's contracts take it. */
    async fund(buyer: Account, amount: bigint): Promise<void> {
      await act(account(0), DATAcoin, datacoinAbi, 'transfer', [buyer.address, amount]);
      for (const spender of [DataLicense, Wishlist]) {
        await act(buyer, DATAcoin, datacoinAbi, 'approve', [spender, 2n ** 256n - 1n]);
      }
    },

    sendPurchase,

    /** Buys until the first boundary that adds at least `seconds`, after the running licence if there is one. */
    buy: async (buyer: Account, listed: ListedOffer, seconds: number, options: PurchaseOptions = {}) =>
      confirmed(await sendPurchase(buyer, listed, seconds, options))
  };
}

/** A transaction of a test did not do what it was sent for. */
class TransactionFailedError extends Error {
  override name = 'TransactionFailedError';
}

export type MarketActors = ReturnType<typeof marketActors>;
