/**
 * Writes the test vectors in sdk/protocol/vectors from the code: language-neutral JSON, all bytes as hex, amounts as
 * decimal strings. The vectors of RFC 9180 (hpke-rfc9180.json) are the RFC's and not written here.
 *
 *   node --import tsx scripts/generate/vectors.ts           writes
 *   node --import tsx scripts/generate/vectors.ts --check   exits 1 and names the files that differ
 */
import { eventBatchVectors } from './vectors/event-batch.ts';
import { formatted, writeOrCheck } from './generated-files.ts';
import { eraChangeVectors } from './vectors/era-change.ts';
import { eventVectors } from './vectors/event.ts';
import { frameVectors } from './vectors/frame.ts';
import { grantVectors } from './vectors/grant.ts';
import { identifierVectors } from './vectors/identifiers.ts';
import { publisher, stream, timestamp } from './vectors/inputs.ts';
import { partitionVectors } from './vectors/partition-key.ts';
import { slotVectors } from './vectors/slot-keys.ts';

const vectors = {
  event: await eventVectors(),
  'event-batch': await eventBatchVectors(stream, timestamp, publisher),
  'slot-keys': slotVectors(),
  grant: await grantVectors(),
  'era-change': await eraChangeVectors(),
  frame: await frameVectors(),
  identifiers: identifierVectors(),
  'partition-key': partitionVectors()
};
const files = new Map<string, string>();
for (const [name, content] of Object.entries(vectors)) {
  const path = `sdk/protocol/vectors/${name}.json`;
  files.set(path, await formatted(path, JSON.stringify(content)));
}
await writeOrCheck(files, 'scripts/generate/vectors.ts');
