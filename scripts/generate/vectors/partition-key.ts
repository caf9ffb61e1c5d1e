import { partitionOf } from '#sdk/protocol/partition-key';

export function partitionVectors(): unknown {
  const keys = ['', 'a', 'bus 550', 'Übergröße 🌊', '0x00112233445566778899aabbccddeeff00112233', 'x'.repeat(300)];
  return {
    keys: keys.map((key) => ({
      key,
      partitions: [1, 2, 7, 16, 1000, 1024].map((count) => ({ count, partition: partitionOf(key, count) }))
    }))
  };
}
