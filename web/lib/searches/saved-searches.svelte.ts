import { SvelteMap } from 'svelte/reactivity';
import { checkSearch, type SearchCheck } from './check-search.ts';
import {
  longestName,
  mostSearches,
  searchAddress,
  storedSearches,
  storeSearches,
  watchStored,
  type SavedSearch
} from './saved-search.ts';

/** Searches that are kept in this browser, and what they find. */
class SavedSearches {
  list = $state.raw<readonly SavedSearch[]>([]);
  /** By id; null where the index does not answer. */
  readonly checks = new SvelteMap<string, SearchCheck | null>();
  /** Whether what is kept was read: not on the server. */
  ready = $state(false);
  /** Whether the browser refuses to keep anything. */
  refused = $state(false);
  #checking: Promise<void> | null = null;

  readonly fresh = $derived(this.list.reduce((sum, { id }) => sum + (this.checks.get(id)?.fresh.length ?? 0), 0));

  /** Reads what is kept, now and whenever another tab changes it. @returns how to end it. */
  open(): () => void {
    const read = () => {
      this.list = storedSearches();
      this.ready = true;
    };
    read();
    return watchStored(read);
  }

  /** The search that an address of the market page shows, where it is kept. */
  at(address: string): SavedSearch | undefined {
    const wanted = searchAddress(address);
    return this.list.find((search) => search.address === wanted);
  }

  get isFull(): boolean {
    return this.list.length >= mostSearches;
  }

  async save(name: string, address: string): Promise<void> {
    const wanted = searchAddress(address);
    if (this.at(wanted) !== undefined || this.isFull) return;
    const id = crypto.randomUUID();
    const search = { id, name: name.slice(0, longestName), address: wanted, seenAt: Date.now(), seen: null };
    this.#keep([search, ...this.list]);
    const check = await checkSearch(search);
    if (check !== null) this.#change(id, { seen: check.seen });
  }

  rename(id: string, name: string): void {
    const trimmed = name.trim().slice(0, longestName);
    if (trimmed !== '') this.#change(id, { name: trimmed });
  }

  remove(id: string): void {
    this.#keep(this.list.filter((search) => search.id !== id));
  }

  /** Its results were looked at: what is there now is not new any more. */
  markSeen(id: string): void {
    const check = this.checks.get(id);
    if (check == null) return;
    this.#change(id, { seen: check.seen, seenAt: Date.now() });
    this.checks.set(id, { ...check, fresh: [] });
  }

  /** Asks what they find, one after the other; whoever asks meanwhile waits for the same answers. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #check(): Promise<void> {
    for (const search of this.list) {
      const found = await checkSearch(search);
      this.checks.set(search.id, found);
      // saved while the index did not answer: from now on it is known what is there
      if (found !== null && search.seen === null) this.#change(search.id, { seen: found.seen });
    }
  }

  #change(id: string, change: Partial<SavedSearch>): void {
    this.#keep(this.list.map((search) => (search.id === id ? { ...search, ...change } : search)));
  }

  #keep(list: readonly SavedSearch[]): void {
    this.list = list;
    this.refused = !storeSearches(list);
  }
}

export const savedSearches = new SavedSearches();
