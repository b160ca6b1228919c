/**
 * Hints for common errors of elements.
 *
 * @module
 */
import { DISPLAY_ADVICE } from "./display.ts";
import { missingHint } from "./missing_element.ts";

/**
 * Returns a sentence on how to fix an element's error; undefined if gstp has none.
 *
 * @param domain The error's domain.
 * @param text The error's message.
 * @param debug The error's debug text.
 */
export function errorHint(
  domain: string | undefined,
  text: string,
  debug: string | undefined,
): string | undefined {
  const all = `${text} ${debug ?? ""}`;
  const element = /Missing element '([\w-]+)'/.exec(all)?.[1];
  if (element !== undefined) return missingHint(element);
  if (domain === "gst-stream-error-quark" && all.includes("not-negotiated")) {
    return "Two elements have no caps in common: put videoconvert, videoscale or audioconvert between them";
  }
  if (domain === "gst-stream-error-quark" && all.includes("not-linked")) {
    return "A source pad with data is not linked: link it, for example to a fakesink";
  }
  if (/open display|initiali[sz]e (?:X|Xv|Wayland) output|wayland display/i.test(all)) {
    return DISPLAY_ADVICE;
  }
  if (/\bunauthorized\b/i.test(all)) {
    return "The server refuses the user or the password: check them in the address, or in user-id and user-pw";
  }
  if (all.includes("No valid frames")) {
    return "The stream has its parameter sets only at its start: set config-interval=-1 on the parser in front of the tee";
  }
  return undefined;
}
