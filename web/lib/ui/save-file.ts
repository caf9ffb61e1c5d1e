/** A file as the browser saves it. */
export interface SavedFile {
  readonly name: string;
  readonly text: string;
  readonly mediaType: string;
}

/** Milliseconds that the browser gets to begin with the file before its address is taken back. */
const grace = 10_000;

/** Saves a file, by the browser's own dialog or folder. */
export function saveBlob(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, grace);
}

/** Saves a text as a file. */
export function saveFile({ name, text, mediaType }: SavedFile): void {
  saveBlob(name, new Blob([text], { type: mediaType }));
}
