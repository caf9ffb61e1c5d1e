import type { Category } from '#sdk/protocol/product-document';
import { m } from '../generated/messages/messages.js';

/** Categories as people read them in the language of the page, in the order in which they are shown. */
export const categoryNames: Readonly<Record<Category, string>> = {
  get finance() {
    return m.market_category_finance();
  },
  get transport() {
    return m.market_category_transport();
  },
  get weather() {
    return m.market_category_weather();
  },
  get social() {
    return m.market_category_social();
  },
  get sensors() {
    return m.market_category_sensors();
  },
  get science() {
    return m.market_category_science();
  },
  get energy() {
    return m.market_category_energy();
  },
  get other() {
    return m.market_category_other();
  }
};

/** CSS colour of a category; the tokens in app.css carry the same names. */
export function categoryColour(category: Category | undefined): string {
  return `var(--${category ?? 'other'})`;
}
