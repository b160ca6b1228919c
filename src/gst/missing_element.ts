/**
 * What to do about an element that is not installed.
 *
 * @module
 */
import { closestName } from "../util/closest.ts";
import { commandLine } from "../util/command_line.ts";
import { debianPackageOf } from "./debian_packages.ts";
import { elementNames } from "./element_factory.ts";

/** Returns a sentence that says how to install an element. */
export function missingHint(element: string): string {
  const name = debianPackageOf(element);
  if (name !== undefined) {
    return `${element} is in Debian's package ${name}: sudo apt-get install ${name}`;
  }
  const closest = closestName(element, elementNames());
  if (closest !== undefined) return `Did you mean ${closest}?`;
  return `No Debian package is known for ${element}; ` +
    `check its spelling with: ${commandLine()} inspect --search=${element}`;
}
