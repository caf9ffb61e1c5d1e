import { keepPictures } from './kept-pictures.ts';
import { boundWork } from './work-bound.ts';

/** Drawing and encoding of all pictures together: two at once, so that a flood of them leaves pages their processor. */
export const runPictureWork = boundWork(2, 64);
/** Pictures that were encoded, and cards that were drawn. */
export const keptPicture = keepPictures(64 * 1024 * 1024);
