/** Milliseconds after the last message at which is looked again: listings come in heaps. */
const settled = 800;
/** What can change what a search finds. */
const kinds = 'offerListed,offerDescribed,offerRetired,documentRead,attestationChanged,indexFilled';

/**
 * Calls back when products of the market have changed, as the index tells it (server-sent events). The browser connects
 * again by itself.
 *
 * @returns how to end it.
 */
export function hearOfProducts(changed: () => void): () => void {
  const source = new EventSource(`/v1/events?kinds=${kinds}`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, settled);
  };
  // each kind is an event of its own name
  for (const name of [...kinds.split(','), 'retraction']) source.addEventListener(name, wait);
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
