/**
 * What to do about an element that is not installed.
 *
 * @module
 */
import { debianPackageOf } from "./debian_packages.ts";

/** Returns a sentence that says how to install an element. */
export function missingHint(element: string): string {
  const name = debianPackageOf(element);
  return name === undefined
    ? `No Debian package is known for ${element}; check its spelling with: gstp inspect --search=${element}`
    : `${element} is in Debian's package ${name}: sudo apt-get install ${name}`;
}
