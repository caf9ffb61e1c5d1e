/** Unix seconds at which the clock of this page stands, so that it looks the same whenever it is opened. */
export const fixedNow = 1_800_000_000;
