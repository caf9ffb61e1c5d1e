import { TributaryError } from '#sdk/protocol/problem';
import { m } from '../generated/messages/messages.js';

/** The browser offers no place that lasts (private window, storage switched off, disk full). */
export class KeyStoreUnavailableError extends TributaryError {
  readonly code = 'key-store-unavailable';
  readonly title = m.keys_store_unavailable();
}

/** Rooms of the key database. `buyer-keys` by public key; `stream-roots` by stream and era. */
export type KeyStore = 'buyer-keys' | 'stream-roots';

const databaseName = 'tributary-keys';
const version = 1;

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown) => {
      reject(new KeyStoreUnavailableError(m.keys_store_refused(), { cause }));
    };
    if (!('indexedDB' in globalThis)) {
      refuse(undefined);
      return;
    }
    const request = indexedDB.open(databaseName, version);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('buyer-keys', { keyPath: 'publicKey' });
      request.result.createObjectStore('stream-roots', { keyPath: ['stream', 'era'] });
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      refuse(request.error);
    };
  });
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(
        new KeyStoreUnavailableError(m.keys_store_unreadable(), {
          cause: request.error
        })
      );
    };
  });
}

/**
 * Writes one record, replacing the one with the same key, and returns once it is on disk.
 *
 * @throws {@link KeyStoreUnavailableError}
 */
export async function putRecord(store: KeyStore, record: object): Promise<void> {
  const database = await openDatabase();
  try {
    // A key that is lost after paying cannot be made again: wait for the disk.
    const transaction = database.transaction(store, 'readwrite', { durability: 'strict' });
    const written = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => {
        resolve();
      };
      transaction.onabort = () => {
        reject(
          new KeyStoreUnavailableError(m.keys_store_full(), {
            cause: transaction.error
          })
        );
      };
    });
    transaction.objectStore(store).put(record);
    await written;
  } finally {
    database.close();
  }
}

/**
 * All records of a store, in no order; the caller validates them.
 *
 * @throws {@link KeyStoreUnavailableError}
 */
export async function allRecords(store: KeyStore): Promise<unknown[]> {
  const database = await openDatabase();
  try {
    return await settled<unknown[]>(database.transaction(store, 'readonly').objectStore(store).getAll());
  } finally {
    database.close();
  }
}
