import type { StreamRoot } from '../keys/stream-roots.ts';

/** A stream's root key as a file for the publishing program. Secret: who has it can read the stream for ever. */
export function keyFileOf({ stream, era, root }: StreamRoot): { name: string; text: string } {
  const hex = Array.from(root, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return {
    name: `stream-${stream.slice(2, 10)}-era-${String(era)}.json`,
    text: `${JSON.stringify({ stream, era, root: `0x${hex}` }, null, 2)}\n`
  };
}

/** Saves a text as a file, by the browser's own dialog or folder. */
export function saveAs({ name, text }: { name: string; text: string }): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
