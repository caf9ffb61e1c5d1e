import { fromBase64, toBase64 } from './base64.ts';
import { BinaryReader, BinaryWriter, utf8 } from './binary.ts';
import { areSiblings, endLeafOf, firstLeafOf, type TreeNode } from './complete-subtree.ts';
import {
  type BucketChange,
  bucketKeyBytes,
  type BucketKeyWrap,
  bucketLimit,
  type EraChange,
  type EraChangeJson,
  eraChangeJsonSchema,
  eraChangeLimit,
  EraChangeMalformedError,
  eraChangeVersion,
  nodeNumber,
  nodeOfNumber,
  saltBytes
} from './era-change.ts';
import { slotCount } from './slot-keys.ts';

/** What an era change says before its buckets; what is sealed in it is bound to this. */
export type EraChangeHeader = Pick<EraChange, 'version' | 'stream' | 'era' | 'fromSlot' | 'untilSlot' | 'salt'>;

const domain = utf8('tributary/era-change');
const signatureBytes = 65;
const wrapBytes = 4 + bucketKeyBytes;
/** Sealed seeds of one bucket: count, 1,024 seeds, tag. */
const sealedLimit = 2 + 1024 * 33 + 16;
/** A wrap per leaf, at worst. */
const wrapsLimit = 2 ** 20;

const refuse = (reason: string): never => {
  throw new EraChangeMalformedError(`Ask the issuer for the era change again: ${reason}.`);
};

/**
 * The header: u8 version, stream (20 bytes), u32 era, u64 first slot, u64 end slot, salt (16 bytes).
 *
 * @throws {@link EraChangeMalformedError}
 */
export function encodeEraChangeHeader(header: EraChangeHeader): Uint8Array<ArrayBuffer> {
  return writeHeader(new BinaryWriter(refuse, 64), header).finish();
}

/**
 * What the issuer signs: the domain tag, the header, the issuer, the buckets.
 *
 * @throws {@link EraChangeMalformedError}
 */
export function encodeEraChangeSignedPart(change: Omit<EraChange, 'signature'>): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter(refuse, 4096).variable(domain, 1, 255, 'domain');
  return writeBody(writer, change).finish();
}

/**
 * The one binary form: header, issuer (20 bytes), u16 count of buckets, the buckets, signature (65 bytes). A bucket: u64
 * end, u16 length and sealed seeds, u32 count of wraps, and for each u32 2^level + index of its node and 16 bytes.
 * Buckets are ordered by their ends, wraps from the left; no cover has more nodes than it needs.
 *
 * @throws {@link EraChangeMalformedError} where a field breaks a rule, or the whole is longer than 8 MiB.
 */
export function encodeEraChange(change: EraChange): Uint8Array<ArrayBuffer> {
  const writer = writeBody(new BinaryWriter(refuse, 4096), change);
  const bytes = writer.hex(change.signature, signatureBytes, 'signature').finish();
  if (bytes.length > eraChangeLimit) refuse(`it has more than ${String(eraChangeLimit)} bytes`);
  return bytes;
}

/**
 * Reads what {@link encodeEraChange} wrote; sealed seeds and wraps are views of the bytes.
 *
 * @throws {@link EraChangeMalformedError} where the bytes are anything else.
 */
export function decodeEraChange(bytes: Uint8Array): EraChange {
  if (bytes.length > eraChangeLimit) refuse(`it has more than ${String(eraChangeLimit)} bytes`);
  const reader = new BinaryReader(bytes, refuse);
  const version = reader.integer(1, 'version');
  if (version !== eraChangeVersion) return refuse(`version ${String(version)} is not known`);
  const header = {
    version: eraChangeVersion,
    stream: reader.hex(20, 'stream'),
    era: reader.integer(4, 'era'),
    fromSlot: reader.integer(8, 'first slot'),
    untilSlot: reader.integer(8, 'end slot'),
    salt: reader.hex(saltBytes, 'salt')
  } as const;
  const issuer = reader.hex(20, 'issuer');
  const count = reader.integer(2, 'count of buckets');
  const buckets: BucketChange[] = [];
  for (let number = 0; number < count; number += 1) {
    const end = reader.integer(8, 'end of a bucket');
    const sealed = reader.variable(2, sealedLimit, 'sealed seeds');
    const wraps = readWraps(reader, reader.integer(4, 'count of wraps'));
    buckets.push({ end, sealed, wraps });
  }
  const signature = reader.hex(signatureBytes, 'signature');
  reader.end();
  const change = { ...header, issuer, buckets, signature };
  checkOrder(change);
  return change;
}

/** The JSON form. @throws {@link EraChangeMalformedError} */
export function eraChangeToJson(change: EraChange): EraChangeJson {
  const buckets = change.buckets.map(({ end, sealed, wraps }) => {
    const packed = new BinaryWriter(refuse, wraps.length * wrapBytes);
    writeWraps(packed, wraps);
    return { end, sealed: toBase64(sealed), wraps: toBase64(packed.finish()) };
  });
  return { ...change, buckets };
}

/** Reads what {@link eraChangeToJson} wrote. @throws {@link EraChangeMalformedError} */
export function eraChangeFromJson(json: unknown): EraChange {
  const parsed = eraChangeJsonSchema.safeParse(json);
  if (!parsed.success) return refuse('its fields are not those of an era change');
  const buckets = parsed.data.buckets.map(({ end, sealed, wraps }): BucketChange => {
    const packed = fromBase64(wraps) ?? refuse('wraps are not base64');
    const reader = new BinaryReader(packed, refuse);
    const read = readWraps(reader, Math.floor(packed.length / wrapBytes));
    reader.end();
    return { end, sealed: fromBase64(sealed) ?? refuse('sealed seeds are not base64'), wraps: read };
  });
  // The binary form has all rules.
  return decodeEraChange(encodeEraChange({ ...parsed.data, buckets }));
}

function writeHeader(writer: BinaryWriter, header: EraChangeHeader): BinaryWriter {
  return writer
    .integer(header.version, 1, 'version')
    .hex(header.stream, 20, 'stream')
    .integer(header.era, 4, 'era')
    .integer(header.fromSlot, 8, 'first slot')
    .integer(header.untilSlot, 8, 'end slot')
    .hex(header.salt, saltBytes, 'salt');
}

function writeBody(writer: BinaryWriter, change: Omit<EraChange, 'signature'>): BinaryWriter {
  checkOrder(change);
  writeHeader(writer, change).hex(change.issuer, 20, 'issuer').integer(change.buckets.length, 2, 'count of buckets');
  for (const { end, sealed, wraps } of change.buckets) {
    writer.integer(end, 8, 'end of a bucket').variable(sealed, 2, sealedLimit, 'sealed seeds');
    writeWraps(writer.integer(wraps.length, 4, 'count of wraps'), wraps);
  }
  return writer;
}

function writeWraps(writer: BinaryWriter, wraps: readonly BucketKeyWrap[]): void {
  for (const { node, wrapped } of wraps) {
    writer.integer(nodeNumber(node), 4, 'node').fixed(wrapped, bucketKeyBytes, 'wrapped bucket key');
  }
}

function readWraps(reader: BinaryReader, count: number): BucketKeyWrap[] {
  if (count > wrapsLimit) refuse(`more than ${String(wrapsLimit)} wraps`);
  const wraps: BucketKeyWrap[] = [];
  for (let number = 0; number < count; number += 1) {
    const node = nodeOfNumber(reader.integer(4, 'node')) ?? refuse('a node lies outside the tree');
    wraps.push({ node, wrapped: reader.fixed(bucketKeyBytes, 'wrapped bucket key') });
  }
  return wraps;
}

/** The rules that make the form canonical, beyond those of its parts. */
function checkOrder({ fromSlot, untilSlot, buckets }: Pick<EraChange, 'fromSlot' | 'untilSlot' | 'buckets'>): void {
  if (fromSlot >= untilSlot || untilSlot > slotCount) refuse('its range of slots is empty or beyond the last slot');
  if (buckets.length === 0 || buckets.length > bucketLimit)
    refuse(`it has no bucket, or more than ${String(bucketLimit)}`);
  let previousEnd = fromSlot;
  for (const { end, wraps } of buckets) {
    if (end <= previousEnd || end > slotCount) refuse('its buckets are not in the order of their ends');
    previousEnd = end;
    if (wraps.length === 0) refuse('a bucket is for nobody');
    let previous: TreeNode | undefined;
    for (const { node } of wraps) {
      if (previous !== undefined && firstLeafOf(node) < endLeafOf(previous))
        refuse('its nodes overlap or are not in order');
      if (previous !== undefined && areSiblings(previous, node)) refuse('two of its nodes should be their parent');
      previous = node;
    }
  }
}
