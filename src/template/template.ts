/**
 * Pipeline files: text of pipelines with placeholders for values.
 *
 * @module
 */
import { checkObject } from "../util/check.ts";
import { didYouMean } from "../util/closest.ts";
import { TemplateError } from "./error.ts";
import { insert } from "./insert.ts";
import { describe, type Piece, type Placeholder, readSource, type Use } from "./source.ts";

export { TemplateError, type TemplateErrorPlace } from "./error.ts";
export type { Placeholder } from "./source.ts";

/** A value for a placeholder. Numbers and booleans are written as JavaScript writes them. */
export type TemplateValue = string | number | boolean;

/** Options of {@link Template.parse} and {@link formatTemplate}. */
export interface TemplateOptions {
  /** The file's name, for error messages. */
  file?: string;
}

/**
 * A pipeline description with placeholders, the contents of a `.gstp` file:
 *
 * - It may span lines. Lines that begin with `#` are comments, and a comment may follow elements on a line.
 * - `{name}` is a required value, `{name=default}` an optional one. A default cannot contain braces.
 * - `{name:raw}` and `{name:raw=default}` insert the value as it is.
 * - `{{` and `}}` are literal braces, as in `format={{I420,NV12}}`.
 *
 * A value that is not raw cannot add an element or a property. The value of a property may contain any characters, and is
 * set unchanged; but a property that takes an element (such as playbin's `video-sink`, recognized by its name) accepts only
 * the name of an element. Elsewhere, a value may contain only the characters of names and caps.
 *
 * @example
 * ```ts
 * import { Template } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const template = Template.parse(`
 *   videotestsrc pattern={pattern=smpte} num-buffers={count}
 *   ! filesink location="{dir}/test.raw"
 * `);
 * assertEquals(template.placeholders.map(({ name }) => name), ["pattern", "count", "dir"]);
 * assertEquals(
 *   template.format({ count: 5, dir: "my clips" }).trim().split("\n").at(-1),
 *   '  ! filesink location="my clips/test.raw"',
 * );
 * ```
 */
export class Template {
  /** The placeholders, in the order of their first use. */
  readonly placeholders: readonly Placeholder[];
  readonly #pieces: readonly Piece[];
  readonly #file: string | undefined;

  /**
   * @internal
   * @ignore
   */
  private constructor(pieces: Piece[], placeholders: Placeholder[], file: string | undefined) {
    this.#pieces = pieces;
    this.placeholders = placeholders;
    this.#file = file;
  }

  /**
   * Parses the text of a template.
   *
   * @throws {TemplateError} If a brace is neither doubled nor part of a placeholder, or if a placeholder has two defaults.
   * @throws {TypeError} If the text is not a string, or `options` not an object.
   */
  static parse(text: string, options: TemplateOptions = {}): Template {
    if (typeof text !== "string") {
      throw new TypeError(`A template's text is a string, not ${typeof text}`);
    }
    checkObject("options", options);
    const { pieces, placeholders } = readSource(text, options.file);
    return new Template(pieces, placeholders, options.file);
  }

  /**
   * Returns the pipeline description with the placeholders replaced by values.
   *
   * @param values The value of each placeholder, by name; those with a default may be left out.
   * @throws {TemplateError} If a value is missing, has no placeholder, or could change the pipeline around it.
   * @throws {TypeError} If a value is not a string, a finite number or a boolean.
   */
  format(values: Record<string, TemplateValue> = {}): string {
    checkObject("values", values);
    const texts = new Map<string, string>();
    for (const [name, value] of Object.entries(values)) texts.set(name, this.#textOf(name, value));
    const missing = this.placeholders.filter(({ name, required }) => required && !texts.has(name));
    if (missing[0] !== undefined) {
      const flags = missing.map(({ name }) => `--${name}=VALUE`).join(" ");
      throw new TemplateError(
        `{${missing[0].name}} has no value. Add ${flags}. ${describe(this.placeholders)}`,
        { file: this.#file, line: missing[0].line, placeholder: missing[0].name },
      );
    }
    const defaults = new Map(this.placeholders.map((each) => [each.name, each.default]));
    const valueOf = ({ name }: Use) => texts.get(name) ?? defaults.get(name) ?? "";
    return insert(this.#pieces, valueOf, this.#file);
  }

  #textOf(name: string, value: unknown): string {
    const type = typeof value === "number" && !Number.isFinite(value) ? `${value}` : typeof value;
    if (!["string", "number", "boolean"].includes(type)) {
      throw new TypeError(
        `The value of "${name}" must be a string, a finite number or a boolean, not ${type}`,
      );
    }
    const text = String(value);
    const line = this.placeholders.find((each) => each.name === name)?.line;
    const place = { file: this.#file, line, placeholder: name };
    if (line === undefined) {
      const question = didYouMean(name, this.placeholders.map((each) => each.name), "--");
      const advice = question || `. Remove --${name}.`;
      throw new TemplateError(
        `there is no placeholder {${name}} for --${name}${advice} ${describe(this.placeholders)}`,
        place,
      );
    }
    if (text.includes("\0") || !text.isWellFormed()) {
      throw new TemplateError(
        `--${name}: the value holds a NUL or half of a surrogate pair, which GStreamer does not accept. Remove it.`,
        place,
      );
    }
    return text;
  }
}

/**
 * Parses a template and fills in its values: {@link Template.parse} and {@link Template.format} in one call.
 *
 * @throws {TemplateError} If the text is malformed, or if a value is missing, has no placeholder, or could change the
 * pipeline around it.
 * @throws {TypeError} If the text is not a string, or if a value is not a string, a finite number or a boolean.
 *
 * @example
 * ```ts
 * import { formatTemplate } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "videotestsrc pattern={pattern} ! textoverlay text={text=none} ! autovideosink";
 * assertEquals(
 *   formatTemplate(text, { pattern: "ball", text: "a ! b" }),
 *   'videotestsrc pattern=ball ! textoverlay text="a ! b" ! autovideosink',
 * );
 * ```
 */
export function formatTemplate(
  text: string,
  values: Record<string, TemplateValue> = {},
  options: TemplateOptions = {},
): string {
  return Template.parse(text, options).format(values);
}
