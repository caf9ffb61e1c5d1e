import type { z } from 'zod';
import type { productDocumentSchema } from '../protocol/product-document.ts';

/** A product document as a seller writes it: what has a default may be absent, and the version goes without saying. */
export type ProductDocumentInput = Omit<z.input<typeof productDocumentSchema>, 'version'>;
