import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { base32 } from 'multiformats/bases/base32';
import { chunkSize, contentIdOfFile } from './unixfs.ts';

/** CID bytes by hand, after the specifications of CID, DAG-PB and UnixFS, without the library under test. */
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const field = (number: number, bytes: readonly number[]) => [(number << 3) | 2, ...varint(bytes.length), ...bytes];
const cidBytes = (codec: number, block: Uint8Array) => [
  1,
  codec,
  0x12,
  0x20,
  ...createHash('sha256').update(block).digest()
];

describe('contentIdOfFile', () => {
  it.each([
    ['hello world', 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'],
    ['hello world\n', 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4'],
    ['', 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku']
  ])('gives %j the CID that ipfs add --cid-version=1 prints', async (text, cid) => {
    expect(await contentIdOfFile(new TextEncoder().encode(text))).toBe(cid);
  });

  it('keeps a file of exactly one chunk a raw block', async () => {
    const bytes = new Uint8Array(chunkSize).fill(7);
    expect(await contentIdOfFile(bytes)).toBe(base32.encode(Uint8Array.from(cidBytes(0x55, bytes))));
  });

  it('makes a larger file a node over raw leaves', async () => {
    const bytes = new Uint8Array(chunkSize * 2 + 5).map((_, index) => index % 251);
    const leaves = [0, 1, 2].map((index) => bytes.subarray(index * chunkSize, (index + 1) * chunkSize));
    const links = leaves.flatMap((leaf) =>
      field(2, [...field(1, cidBytes(0x55, leaf)), ...field(2, []), (3 << 3) | 0, ...varint(leaf.length)])
    );
    // UnixFS: type file, size of the file, sizes of the leaves
    const data = [
      ...[(1 << 3) | 0, 2, (3 << 3) | 0, ...varint(bytes.length)],
      ...leaves.flatMap((leaf) => [(4 << 3) | 0, ...varint(leaf.length)])
    ];
    const root = Uint8Array.from([...links, ...field(1, data)]);
    expect(await contentIdOfFile(bytes)).toBe(base32.encode(Uint8Array.from(cidBytes(0x70, root))));
  });
});
