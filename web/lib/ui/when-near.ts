import type { Attachment } from 'svelte/attachments';

/**
 * Does something once, when an element comes within half a screen of what is seen: for what costs the reader's device
 * something and may never be looked at.
 */
export function whenNear(act: () => void): Attachment {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        act();
      },
      { rootMargin: '50% 0px' }
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  };
}
