/**
 * The text of camera pipelines.
 *
 * @module
 */
import { formatTemplate, TemplateError, type TemplateValue } from "../template/template.ts";

/**
 * Inserts values into the text of a pipeline. Unlike {@link formatTemplate}, it throws errors that do not show a value, as
 * that can be a password.
 *
 * @throws {TypeError} If GStreamer does not accept a value.
 */
export function fillIn(text: string, values: Record<string, TemplateValue>): string {
  try {
    return formatTemplate(text, values);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TypeError(
      "The address, user or password of the camera has a NUL, half of a surrogate pair, or more than 1000 opening " +
        "brackets, which GStreamer does not accept. Remove them",
    );
  }
}

/** Returns the tee of a stream, with a sink that discards what nobody else takes. It never waits, so that no stream waits for it. */
export function teeText(name: "video" | "sound"): string {
  return `tee name=${name} ${name}. ! fakesink async=false sync=false`;
}
