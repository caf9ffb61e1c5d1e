/** What the page shows, in its order: the index at its side is made of it. Ids are those of the headings. */
export const sections = [
  { id: 'foundations', name: 'Foundations', parts: ['Colour', 'Type', 'Space', 'Shape', 'Interaction'] },
  { id: 'actions', name: 'Actions', parts: ['Button', 'Chip', 'CopyButton', 'ThemeToggle', 'Tabs', 'Dialog'] },
  { id: 'feedback', name: 'Feedback', parts: ['Badge', 'Notice', 'Steps', 'Skeleton', 'EmptyState'] },
  { id: 'forms', name: 'Forms', parts: ['Field', 'Choice', 'PeriodChooser'] },
  {
    id: 'data',
    name: 'Data',
    parts: ['Card', 'Facts', 'Money', 'Countdown', 'Hash', 'Code', 'Highlighted', 'Hydrograph', 'Icon', 'Wordmark']
  }
] as const;

export type Part = (typeof sections)[number]['parts'][number];
