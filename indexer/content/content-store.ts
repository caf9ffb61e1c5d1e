import { TributaryError } from '#sdk/protocol/problem';

/** Keeps documents and pictures under their content ids. */
export interface ContentStore {
  /**
   * Stores bytes under the CID that `ipfs add --cid-version=1` gives them.
   *
   * @throws {@link ContentStoreUnavailableError} when they could not be stored for good.
   */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * The bytes of a CID; null when they are not to be had.
   *
   * @param limit Bytes; larger content counts as not to be had.
   * @throws {@link ContentStoreUnavailableError} when the store does not answer; {@link ContentCorruptError}.
   */
  get(cid: string, limit: number): Promise<Uint8Array | null>;
}

/** The place where documents are kept does not answer, or has no room. */
export class ContentStoreUnavailableError extends TributaryError {
  readonly code = 'content-store-unavailable';
  readonly title = 'The content store is not available';
  override readonly status = 503;
}

/** Bytes of the largest picture that is taken. */
export const pictureLimit = 8 * 1024 * 1024;

/** What lies under a CID has another hash. */
export class ContentCorruptError extends TributaryError {
  readonly code = 'content-corrupt';
  readonly title = 'The stored content does not match its CID';
  override readonly status = 502;
}
