/**
 * Keeps pictures that were made, the ones used last, up to a number of bytes. Whoever asks for one that is being made
 * waits for it; one that could not be made is not kept.
 *
 * @param limit Bytes.
 */
export function keepPictures(limit: number) {
  const kept = new Map<string, Uint8Array>();
  const making = new Map<string, Promise<Uint8Array>>();
  let size = 0;

  function keep(key: string, picture: Uint8Array): void {
    if (picture.length > limit) return;
    kept.set(key, picture);
    size += picture.length;
    for (const [oldest, { length }] of kept) {
      if (size <= limit) break;
      kept.delete(oldest);
      size -= length;
    }
  }

  return function pictureOf(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const found = kept.get(key);
    if (found !== undefined) {
      // Moves it behind the others.
      kept.delete(key);
      kept.set(key, found);
      return Promise.resolve(found);
    }
    const underWay = making.get(key);
    if (underWay !== undefined) return underWay;
    const made = make()
      .then((picture) => {
        keep(key, picture);
        return picture;
      })
      .finally(() => making.delete(key));
    making.set(key, made);
    return made;
  };
}
