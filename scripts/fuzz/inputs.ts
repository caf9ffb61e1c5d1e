/** Inputs for fuzzing: valid ones changed a little, and noise. All follow from the seed. */

/** Numbers from 0 to 2^32 - 1 that follow from the seed (mulberry32): fast, and the same everywhere. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

const bounds = [0, 1, 0x7f, 0x80, 0xff];

/** Bytes of up to 512, now and then of up to 64 KiB. */
export function noise(random: () => number): Uint8Array {
  const bytes = new Uint8Array(random() % (random() % 200 === 0 ? 65_536 : 512));
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = random();
  return bytes;
}

/** A sample with one to six changes: bits, bounds, lengths, pieces moved, doubled, or of another sample. */
export function mutated(samples: readonly Uint8Array[], random: () => number): Uint8Array {
  const pick = (): Uint8Array => samples[random() % samples.length] ?? new Uint8Array();
  let bytes = pick().slice();
  for (let changes = 1 + (random() % 6); changes > 0; changes -= 1) {
    const place = bytes.length === 0 ? 0 : random() % bytes.length;
    const end = Math.min(bytes.length, place + (random() % 40));
    switch (random() % 7) {
      case 0:
        if (bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << (random() % 8));
        break;
      case 1:
        if (bytes.length > 0) bytes[place] = bounds[random() % bounds.length] ?? 0;
        break;
      case 2:
        bytes = bytes.slice(0, place);
        break;
      case 3:
        bytes = Uint8Array.from([...bytes.subarray(0, place), ...bytes.subarray(end)]);
        break;
      case 4:
        bytes = Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(place)]);
        break;
      case 5:
        bytes.fill(bounds[random() % bounds.length] ?? 0, place, end);
        break;
      default: {
        const other = pick();
        bytes = Uint8Array.from([...bytes.subarray(0, place), ...other.subarray(place, place + (random() % 200))]);
      }
    }
  }
  return bytes;
}

const strange: readonly unknown[] = [
  null,
  true,
  '',
  '0x',
  '0xzz',
  -1,
  0.5,
  2 ** 53,
  1e308,
  [],
  {},
  '\ud800',
  '__proto__',
  'A'.repeat(5000),
  `0x${'f'.repeat(64)}`,
  'AA==',
  [[[[[]]]]]
];

/** A sample of JSON with one to four values replaced, removed, or added anywhere in it. */
export function mutatedJson(samples: readonly unknown[], random: () => number): unknown {
  const root = { value: structuredClone(samples[random() % samples.length]) };
  for (let changes = 1 + (random() % 4); changes > 0; changes -= 1) {
    let holder: Record<string, unknown> = root;
    let key = 'value';
    for (let depth = random() % 6; depth > 0; depth -= 1) {
      const inner = holder[key];
      if (typeof inner !== 'object' || inner === null) break;
      const keys = Object.keys(inner);
      const next = keys[random() % Math.max(1, keys.length)];
      if (next === undefined) break;
      holder = inner as Record<string, unknown>;
      key = next;
    }
    const present = holder[key];
    const kind = random() % 4;
    if (kind === 0 && holder !== root) Reflect.deleteProperty(holder, key);
    else if (kind === 1 && typeof present === 'string') {
      const place = random() % (present.length + 1);
      holder[key] =
        present.slice(0, place) + String.fromCharCode(random() % 0x250) + present.slice(place + (random() % 3));
    } else if (kind === 2 && typeof present === 'number') holder[key] = present + (random() % 3) - 1;
    else holder[key] = structuredClone(strange[random() % strange.length]);
  }
  return root.value;
}
