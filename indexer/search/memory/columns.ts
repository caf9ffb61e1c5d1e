/** Numbers of one kind in a row, one behind the other in memory, that can grow. */
export type Numbers = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

export interface Column<Kind extends Numbers> {
  /** At least as long as the column; it is another one after the column grew. */
  readonly values: Kind;
  readonly length: number;
  push(value: number): void;
  /** @returns bytes that it takes. */
  bytes(): number;
}

/** An empty column. @param create Makes its memory, for so many values. */
export function createColumn<Kind extends Numbers>(create: (length: number) => Kind, expected = 16): Column<Kind> {
  let values = create(expected);
  let length = 0;
  return {
    get values() {
      return values;
    },
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const larger = create(Math.ceil(length * 1.5) + 1);
        larger.set(values);
        values = larger;
      }
      values[length] = value;
      length += 1;
    },
    bytes: () => values.byteLength
  };
}
