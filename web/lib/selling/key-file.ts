import type { StreamRoot } from '../keys/stream-roots.ts';
import type { SavedFile } from '../ui/save-file.ts';

/** A stream's root key as a file for the publishing program. Secret: who has it can read the stream for ever. */
export function keyFileOf({ stream, era, root }: StreamRoot): SavedFile {
  const hex = Array.from(root, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return {
    name: `stream-${stream.slice(2, 10)}-era-${String(era)}.json`,
    mediaType: 'application/json',
    text: `${JSON.stringify({ stream, era, root: `0x${hex}` }, null, 2)}\n`
  };
}
