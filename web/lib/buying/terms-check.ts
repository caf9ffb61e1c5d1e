import type { Address, Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { m } from '../generated/messages/messages.js';

/** What is compared: the terms as the index names them, and where the chain says the same. */
export interface TermsReference {
  readonly termsCid: string;
  readonly termsHash: Hex;
  readonly offerId: Hex;
  readonly listedInBlock: number;
  readonly contract: Address;
  /** Topic of the event OfferListed. */
  readonly topic: Hex;
}

export interface TermsCheck {
  readonly text: string;
  readonly size: number;
  /** SHA-256 of what was fetched, computed here. */
  readonly computed: Hex;
  /** The hash in the chain's own record of the listing; null where the chain did not tell. */
  readonly onChain: Hex | null;
}

/** The terms could not be fetched; the message says why. */
export class TermsAwayError extends TributaryError {
  readonly code = 'terms-away';
  readonly title = m.buying_terms_away();
  override readonly status = 503;
}

const limit = 128 * 1024;

/** SHA-256, computed here. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Hex> {
  // Browsers offer crypto.subtle only on https and localhost.
  const digest =
    (globalThis.crypto.subtle as SubtleCrypto | undefined) === undefined
      ? (await import('@noble/hashes/sha2.js')).sha256(bytes)
      : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `0x${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** @throws {@link TermsAwayError} */
async function fetchTerms(cid: string): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(`/ipfs/${cid}`);
  } catch {
    throw new TermsAwayError(m.buying_terms_store_silent());
  }
  if (!response.ok) {
    throw new TermsAwayError(
      response.status === 404
        ? m.buying_terms_store_missing()
        : m.buying_terms_store_refused({ status: response.status })
    );
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > limit) throw new TermsAwayError(m.buying_terms_too_large());
  return bytes;
}

/**
 * The terms hash in the log of the listing, asked of the chain and not of the index. Layout of the log's data (ABI):
 * words 0 to 2 are the offset of the offer, its position and the document hash; termsHash is word 13 of the offer.
 */
async function readTermsHash(reference: TermsReference): Promise<Hex | null> {
  const block = `0x${reference.listedInBlock.toString(16)}`;
  const filter = {
    address: reference.contract,
    topics: [reference.topic, reference.offerId],
    fromBlock: block,
    toBlock: block
  };
  try {
    const response = await fetch('/rpc', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getLogs', params: [filter] })
    });
    const answer = (await response.json()) as { result?: { data?: unknown }[] };
    const data = answer.result?.[0]?.data;
    if (typeof data !== 'string' || !/^0x[0-9a-f]*$/i.test(data)) return null;
    const word = (index: number) => data.slice(2 + index * 64, 2 + (index + 1) * 64).toLowerCase();
    const termsHash = word(Number(BigInt(`0x${word(0)}`)) / 32 + 13);
    return termsHash.length === 64 ? `0x${termsHash}` : null;
  } catch {
    // The page says that the chain did not answer, and still compares with the index.
    return null;
  }
}

/**
 * Fetches the terms by their CID and computes their SHA-256.
 *
 * @throws {@link TermsAwayError}
 */
export async function checkTerms(reference: TermsReference): Promise<TermsCheck> {
  const [bytes, onChain] = await Promise.all([fetchTerms(reference.termsCid), readTermsHash(reference)]);
  return { text: new TextDecoder().decode(bytes), size: bytes.length, computed: await sha256(bytes), onChain };
}

/**
 * Fetches the terms of an offer and computes their SHA-256: whether they are what a purchase accepts. The hash is part
 * of the offer that the buyer's transaction names, and the contract sells nothing else.
 *
 * @throws {@link TermsAwayError}
 */
export async function readTerms({
  termsCid,
  termsHash
}: Pick<TermsReference, 'termsCid' | 'termsHash'>): Promise<{ readonly text: string; readonly genuine: boolean }> {
  const bytes = await fetchTerms(termsCid);
  return { text: new TextDecoder().decode(bytes), genuine: (await sha256(bytes)) === termsHash };
}
