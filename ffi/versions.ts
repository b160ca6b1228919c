/**
 * The versions that gstp works with.
 *
 * @module
 */
import { GstVersionError } from "./errors.ts";

/** The oldest version of each. README.md and scripts/setup.sh state the same. */
export const MINIMUM_VERSIONS = { Deno: "2.8", GStreamer: "1.20" } as const;

const UPGRADE: Readonly<Record<keyof typeof MINIMUM_VERSIONS, string>> = {
  Deno: "Upgrade it: deno upgrade, or npm install -g deno if it comes from npm.",
  GStreamer:
    "Upgrade it: Homebrew, Debian 12, Ubuntu 22.04 and their later releases have one that is " +
    "new enough. If such libraries are in another folder, set GSTP_LIBRARY_DIR=FOLDER.",
};

/** Returns whether a version such as `1.18.5` comes before another one; numbers that a version lacks count as 0. */
export function isOlder(version: string, than: string): boolean {
  // a pre-release counts as its release
  const numbers = (text: string) => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? "").split(".").map(Number);
  const [left, right] = [numbers(version), numbers(than)];
  const at = right.findIndex((number, i) => number !== (left[i] ?? 0));
  return at >= 0 && (left[at] ?? 0) < right[at]!;
}

/**
 * Checks that a version is new enough.
 *
 * @throws {GstVersionError} If it is not; the message names both versions and says how to upgrade.
 */
export function checkVersion(product: keyof typeof MINIMUM_VERSIONS, version: string): void {
  const minimum = MINIMUM_VERSIONS[product];
  if (!isOlder(version, minimum)) return;
  throw new GstVersionError(
    `${product} ${version} is too old: gstp needs ${minimum} or newer. ${UPGRADE[product]}`,
  );
}

/**
 * Checks that Deno is new enough.
 *
 * @throws {GstVersionError} If it is not; the message names both versions and says how to upgrade.
 */
export function checkDenoVersion(): void {
  checkVersion("Deno", Deno.version.deno);
}
