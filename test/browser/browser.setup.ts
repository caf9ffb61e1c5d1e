import { buildStorefront } from '../../scripts/start/web-build.ts';
import { launchBrowser } from './browser.ts';

/** Makes once what every file of browser tests needs: built pages, and a browser that is unpacked and starts. */
export default async function setup(): Promise<void> {
  await buildStorefront();
  await (await launchBrowser('desktop')).close();
}
