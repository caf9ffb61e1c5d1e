import { formatDateTime } from '../ui/format.ts';

/** When a licence ends, to the minute, in the reader's time zone. @param seconds Unix time. */
export const endTime = (seconds: number): string =>
  formatDateTime(seconds * 1000, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short'
  });
