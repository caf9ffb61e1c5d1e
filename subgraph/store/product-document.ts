import { Bytes, json, JSONValue, JSONValueKind, TypedMap } from '@graphprotocol/graph-ts';
import { ProductDocument } from '../generated/schema';

/** Keeps a product document; a file that is none leaves nothing, since it is whatever somebody put there. */
export function createProductDocument(hash: Bytes, content: Bytes): void {
  const parsed = json.try_fromBytes(content);
  if (parsed.isError || parsed.value.kind !== JSONValueKind.OBJECT) return;
  const fields = parsed.value.toObject();
  const name = textOf(fields, 'name');
  const summary = textOf(fields, 'summary');
  const category = textOf(fields, 'category');
  if (name === null || summary === null || category === null) return;

  const document = new ProductDocument(hash);
  document.name = name;
  document.summary = summary;
  const description = textOf(fields, 'description');
  document.description = description === null ? '' : description;
  document.category = category;
  document.tags = textsOf(fields, 'tags');
  document.sellerName = textOf(fields, 'sellerName');
  const recorded = fields.get('recorded');
  document.recorded = recorded !== null && recorded.kind === JSONValueKind.BOOL && recorded.toBool();
  document.save();
}

function textOf(fields: TypedMap<string, JSONValue>, name: string): string | null {
  const value = fields.get(name);
  return value === null ? null : plainText(value);
}

function textsOf(fields: TypedMap<string, JSONValue>, name: string): string[] {
  const texts: string[] = [];
  const value = fields.get(name);
  if (value === null || value.kind !== JSONValueKind.ARRAY) return texts;
  const items = value.toArray();
  for (let index = 0; index < items.length; index += 1) {
    const text = plainText(items[index]);
    if (text !== null) texts.push(text);
  }
  return texts;
}

/** The value's text, or null when it is no text or holds NUL, which Postgres does not keep. */
function plainText(value: JSONValue): string | null {
  if (value.kind !== JSONValueKind.STRING) return null;
  const text = value.toString();
  return text.includes('\0') ? null : text;
}
