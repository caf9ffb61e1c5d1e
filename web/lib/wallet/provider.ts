/** What a wallet extension offers a page (EIP-1193), as far as it is used here. */
export interface Provider {
  request(request: { method: string; params?: unknown }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): unknown;
  removeListener?(event: string, listener: (value: unknown) => void): unknown;
}

/** A provider and how it calls itself (EIP-6963). */
export interface AnnouncedProvider {
  readonly provider: Provider;
  readonly id: string;
  readonly name: string;
}

interface Announcement {
  readonly info: { readonly rdns: string; readonly name: string };
  readonly provider: Provider;
}

const isAnnouncement = (detail: unknown): detail is Announcement =>
  typeof detail === 'object' &&
  detail !== null &&
  'info' in detail &&
  'provider' in detail &&
  typeof detail.info === 'object' &&
  detail.info !== null &&
  'rdns' in detail.info;

/**
 * Finds the wallet that was connected before: by its reverse domain name (EIP-6963), or the one at window.ethereum
 * for the id "injected".
 *
 * @param patience Milliseconds to wait for it, since extensions start beside the page.
 * @returns Null where it is no longer there.
 */
export function findProvider(id: string, patience = 1500): Promise<AnnouncedProvider | null> {
  return new Promise((resolve) => {
    const injected = () => {
      const provider = (globalThis as { ethereum?: Provider }).ethereum;
      return provider && id === 'injected' ? { provider, id, name: 'Browser wallet' } : null;
    };
    const finish = (found: AnnouncedProvider | null) => {
      clearTimeout(timer);
      removeEventListener('eip6963:announceProvider', listen);
      resolve(found);
    };
    const listen = (event: Event) => {
      const detail: unknown = event instanceof CustomEvent ? event.detail : null;
      if (!isAnnouncement(detail) || detail.info.rdns !== id) return;
      finish({ provider: detail.provider, id, name: detail.info.name });
    };
    const timer = setTimeout(() => {
      finish(injected());
    }, patience);
    addEventListener('eip6963:announceProvider', listen);
    dispatchEvent(new Event('eip6963:requestProvider'));
    const found = injected();
    if (found) finish(found);
  });
}
