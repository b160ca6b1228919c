/**
 * Chromium without a window.
 *
 * @module
 */
import { type Browser, chromium } from "npm:playwright-core@1.65.1";
import { words } from "../../scripts/lib/run.ts";

export const CHROMIUM = "/usr/bin/chromium";
const ARGS = words(
  "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --force-color-profile=srgb " +
    "--no-first-run --disable-background-networking --disable-component-update --disable-sync",
);

/**
 * Returns whether there is a Chromium; if not, this is printed.
 *
 * @param consequence What is not done without it, such as `The page is not tested`.
 */
export async function hasChromium(
  consequence = "Clips are not shown in a browser",
): Promise<boolean> {
  if (await Deno.stat(CHROMIUM).catch(() => null) !== null) return true;
  console.log(`${consequence}: there is no ${CHROMIUM}`);
  return false;
}

/** Starts it, and closes it after `use`. */
export async function withChromium<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}
