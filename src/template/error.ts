/**
 * The error of a template.
 *
 * @module
 */

/** Where in a template something is wrong, as far as it is known. */
export interface TemplateErrorPlace {
  /** The file's name. */
  readonly file?: string | undefined;
  /** The line, counted from 1. */
  readonly line?: number | undefined;
  /** The placeholder's name. */
  readonly placeholder?: string | undefined;
}

/**
 * A template is malformed, or does not take the values that it is given. The message begins with the file and the line,
 * and says what to do.
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
  /** The class\'s name. */
  override name = "TemplateError";
  /** The file's name, where it is known. */
  readonly file: string | undefined;
  /** The line, counted from 1, where it is known. */
  readonly line: number | undefined;
  /** The placeholder's name, where there is one. */
  readonly placeholder: string | undefined;

  /**
   * @param problem What is wrong and what to do; the place is put before it.
   * @param place Where it is.
   */
  /** For templates. */
  constructor(problem: string, place: TemplateErrorPlace = {}) {
    const { file, line, placeholder } = place;
    const where = [file ?? "template", ...(line === undefined ? [] : [line])].join(":");
    super(`${where}: ${problem}`);
    this.file = file;
    this.line = line;
    this.placeholder = placeholder;
  }
}
