/**
 * The error of a template.
 *
 * @module
 */

/** Where an error is in a template, as far as it is known. */
export interface TemplateErrorPlace {
  /** The file's name. */
  readonly file?: string | undefined;
  /** The line, counted from 1. */
  readonly line?: number | undefined;
  /** The placeholder's name. */
  readonly placeholder?: string | undefined;
}

/**
 * A template is malformed, or a value is missing or not accepted. The message begins with the file and the line, and ends
 * with what to do.
 *
 * @example
 * ```ts
 * import { formatTemplate, TemplateError } from "@gstp/gstp";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const text = "videotestsrc\n  pattern={pattern}\n! fakesink";
 * const error = assertThrows(() => formatTemplate(text, {}, { file: "a.gstp" }), TemplateError);
 * assertEquals([error.file, error.line, error.placeholder], ["a.gstp", 2, "pattern"]);
 * ```
 */
export class TemplateError extends Error {
  /** The class's name. */
  override name = "TemplateError";
  /** The file's name; undefined if it is not known. */
  readonly file: string | undefined;
  /** The line, counted from 1; undefined if it is not known. */
  readonly line: number | undefined;
  /** The placeholder's name; undefined if the error is not about one. */
  readonly placeholder: string | undefined;

  /**
   * Creates an error whose message begins with the file and the line.
   *
   * @param problem What is wrong, and what to do.
   * @param place Where it is.
   */
  constructor(problem: string, place: TemplateErrorPlace = {}) {
    const { file, line, placeholder } = place;
    const where = [file ?? "template", ...(line === undefined ? [] : [line])].join(":");
    super(`${where}: ${problem}`);
    this.file = file;
    this.line = line;
    this.placeholder = placeholder;
  }
}
