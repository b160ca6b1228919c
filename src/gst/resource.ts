/**
 * Files and addresses that elements use, for messages.
 *
 * @module
 */
import { getProperty, hasProperty } from "./properties.ts";

/** Properties that hold what an element reads or writes; of two, both are needed. */
const PROPERTIES = [["location"], ["uri"], ["device"], ["host", "port"], ["address", "port"]];

/** Removes the passwords from the addresses in a text: in front of the host, and in fields such as `password=`. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(\b[a-z][a-z\d+.-]*:\/\/[^\s:@/?"']*):[^\s/?"'\u201c\u201d]*@/gi, "$1@")
    .replaceAll(
      /(?<=:\/\/[^\s"']*(?:password|passwd|pass|pwd)=)[^\s&/?#"')\u201c\u201d]+/gi,
      "***",
    );
}

/**
 * Returns the file or the address that an element uses, as it is set in a pipeline's text but without a password; empty if
 * there is none, or a text names it already.
 */
export function resourceOf(element: Deno.PointerObject, text: string): string {
  for (const names of PROPERTIES) {
    const values = names.map((name) =>
      hasProperty(element, name) ? getProperty(element, name) : null
    );
    if (values.some((value) => value === null || value === "")) continue;
    const address = String(values.join(":")).replace(/^\w+:\/\/(?:[^/@]*@)?/, "");
    if (text.includes(address)) return "";
    return names.map((name, at) => `${name}=${withoutPasswords(String(values[at]))}`).join(" ");
  }
  return "";
}

/** Returns what the debug text of an error adds to its message: the reason that GStreamer got from the system. */
export function reasonOf(debug: string): string {
  const [, reason = ""] = /^[^\n]*\(\): [^\n]*:\n([^]*)$/.exec(debug) ?? [];
  return reason.trim().replace(/^system error: /, "").replaceAll(/\s+/g, " ");
}
