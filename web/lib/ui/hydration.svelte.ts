/**
 * Whether the page answers clicks: false on the server and until the scripts of the first page have taken over. Buttons
 * that need them wait for it, so that an early click is not lost without a word.
 */
export const hydration = $state({ done: false });
