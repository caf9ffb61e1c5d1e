import type { Notice } from '#sdk/protocol/notices';

/** A notice as it is sent, and signed. */
export const noticeText = (notice: Notice): string => JSON.stringify(notice);
