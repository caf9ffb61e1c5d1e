/** Returns the remembered answer or asks for it once; failures are not remembered. The least recently used make room. */
export function remember<K, V>(memory: Map<K, Promise<V>>, key: K, most: number, ask: () => Promise<V>): Promise<V> {
  const known = memory.get(key);
  if (known !== undefined) {
    if (memory.size > most / 2) {
      memory.delete(key);
      memory.set(key, known);
    }
    return known;
  }
  const answer = ask();
  memory.set(key, answer);
  answer.catch(() => {
    if (memory.get(key) === answer) memory.delete(key);
  });
  if (memory.size > most) {
    const oldest = memory.keys().next();
    if (oldest.done !== true) memory.delete(oldest.value);
  }
  return answer;
}
