/**
 * What to do about common errors of elements.
 *
 * @module
 */
import { missingHint } from "./missing_element.ts";

/**
 * A sentence on what to do about an element's error; undefined where gstp knows nothing better than GStreamer said.
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
    return "Two elements found no caps in common: put videoconvert, videoscale or audioconvert between them";
  }
  if (domain === "gst-stream-error-quark" && all.includes("not-linked")) {
    return "A pad that sends data is not linked: link it, to fakesink if nothing else";
  }
  if (all.includes("No valid frames")) {
    return "The stream's parameter sets came only at its start: give the parser before the tee config-interval=-1";
  }
  return undefined;
}
