import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import { documentLimit, productDocumentSchema } from '#sdk/protocol/product-document';
import { TributaryError } from '#sdk/protocol/problem';
import { settlementSchema } from '#sdk/protocol/settlement';
import { parseData, parsePeriod } from '../terminal/words.ts';

/** The file does not describe a product. */
export class ProductFileError extends TributaryError {
  readonly code = 'product-file-invalid';
  readonly title = 'The product file is not right';
}

const period = z.union([z.int().positive(), z.string()]).transform((value, context) => {
  try {
    return parsePeriod(String(value));
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const price = z.union([z.number().min(0), z.string()]).transform((value, context) => {
  try {
    return parseData(String(value));
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** What the document says of a stream, without its address, which a stream that is yet to be created lacks. */
const describedStream = productDocumentSchema.shape.streams.element.omit({ address: true });
const streamSchema = describedStream.extend({
  /** Written here when the stream has been created. */
  address: addressSchema.optional(),
  /** What a stream that is to be created is called; the product's name unless said otherwise. */
  name: z.string().trim().min(1).max(128).optional(),
  description: z.string().max(1_024).optional(),
  slotDuration: z.int().min(1).max(86_400).optional(),
  partitions: z.int().min(1).max(1_024).optional(),
  /** Everyone may read; events are not encrypted. */
  public: z.boolean().default(false)
});

/** A product as its seller writes it down: the document, and how it is sold. */
const productFileSchema = productDocumentSchema
  .omit({ version: true, streams: true })
  .extend({
    /** The terms of use, or the name of a text file beside this one. */
    terms: z.string().min(1).optional(),
    termsFile: z.string().min(1).optional(),
    /** DATA, such as "0.5"; 0 is free. */
    pricePerHour: price,
    minimumPeriod: period.optional(),
    maximumPeriod: period.optional(),
    boundary: period.optional(),
    settlement: settlementSchema.optional(),
    delivery: z.object({ events: z.coerce.bigint().positive(), period }).optional(),
    requires: z.object({ schema: bytes32Schema, attesters: z.array(addressSchema).min(1).max(8) }).optional(),
    beneficiary: addressSchema.optional(),
    streams: z.array(streamSchema).min(1).max(64),
    /** Written here when it was listed; listing again replaces that version. */
    product: bytes32Schema.optional()
  })
  .strict()
  .refine(({ terms, termsFile }) => (terms === undefined) !== (termsFile === undefined), {
    message: 'give terms or termsFile',
    path: ['terms']
  });
export type ProductFile = z.output<typeof productFileSchema>;

/** A product file that can be added to. */
export interface OpenProductFile {
  readonly file: string;
  readonly product: ProductFile;
  /** The terms of use themselves. */
  readonly terms: string;
  /** Writes the address of a created stream into the file, nothing else is changed. */
  setStream(index: number, address: string): Promise<void>;
  setProduct(productId: string): Promise<void>;
}

/**
 * Reads a product file.
 *
 * @throws {@link ProductFileError} naming every field that is wrong.
 */
export async function openProductFile(path: string): Promise<OpenProductFile> {
  const file = resolve(path);
  const text = await readText(file, 1024 * 1024);
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (cause) {
    throw new ProductFileError(`${path} is no JSON. "tributary sell example" prints a file to begin with.`, { cause });
  }
  const parsed = productFileSchema.safeParse(written);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `${issue.path.length === 0 ? '' : `${issue.path.join('.')}: `}${issue.message}`
    );
    throw new ProductFileError(`Correct ${path}: ${faults.join('; ')}.`);
  }
  const product = parsed.data;
  const terms =
    product.terms ?? (await readText(resolve(dirname(file), product.termsFile ?? ''), documentLimit, 'termsFile'));
  const raw = written as { streams: Record<string, unknown>[]; product?: string };
  const save = async () => {
    const fresh = `${file}.new`;
    await writeFile(fresh, `${JSON.stringify(raw, null, 2)}\n`);
    await rename(fresh, file);
  };
  return {
    file,
    product,
    terms,
    setStream: async (index, address) => {
      raw.streams[index] = { address, ...raw.streams[index] };
      await save();
    },
    setProduct: async (productId) => {
      raw.product = productId;
      await save();
    }
  };
}

async function readText(file: string, limit: number, what = 'the product file'): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new ProductFileError(`${file} (${what}) cannot be read. Check its name.`, { cause });
  }
  if (bytes.length <= limit) return bytes.toString('utf8');
  throw new ProductFileError(`${file} (${what}) has more than ${String(limit)} bytes. Shorten it.`);
}

/** A file to begin with. */
export const exampleProductFile = {
  name: 'Bus positions of my town',
  summary: 'Where every bus is, every five seconds.',
  description: 'All lines. Positions come from the buses themselves; `delay` is in seconds.',
  category: 'transport',
  tags: ['buses', 'gps'],
  sellerName: 'My town',
  cadence: 5,
  terms: 'Use the data for yourself or within your organisation. Do not pass it on.',
  pricePerHour: '0.5',
  minimumPeriod: '1h',
  boundary: '1h',
  settlement: 'by-second',
  streams: [
    {
      name: 'Bus positions',
      slotDuration: 60,
      fields: [
        { name: 'line', description: 'Number of the line' },
        { name: 'delay', description: 'Behind the timetable', unit: 's' }
      ],
      sample: [{ line: 7, delay: 42, latitude: 60.17, longitude: 24.94 }]
    }
  ]
};
