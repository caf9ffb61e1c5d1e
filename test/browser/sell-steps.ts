import type { Page } from 'playwright-core';

/** Goes to a step of selling by its link in the list of steps, and waits until it is there. */
export async function goToStep(page: Page, step: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Steps of selling' })
    .getByRole('link', { name: new RegExp(`^${step}`) })
    .click();
  await page.getByRole('heading', { level: 2, name: step, exact: true }).waitFor();
}
