/** When a licence ends, to the minute, in the reader's time zone. @param seconds Unix time. */
export const endTime = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short'
  });
