import type { Category } from '#sdk/protocol/product-document';

/** Categories as people read them, in the order in which they are shown. */
export const categoryNames: Record<Category, string> = {
  finance: 'Finance',
  transport: 'Transport',
  weather: 'Weather',
  social: 'Social',
  sensors: 'Sensors',
  science: 'Science',
  energy: 'Energy',
  other: 'Other'
};

/** CSS colour of a category; the tokens in app.css carry the same names. */
export function categoryColour(category: Category | undefined): string {
  return `var(--${category ?? 'other'})`;
}
