/**
 * Pipeline files: the text of a pipeline with placeholders for values.
 *
 * @module
 */
import { checkObject } from "../util/check.ts";
import { TemplateError } from "./error.ts";
import { insert } from "./insert.ts";
import { describe, type Piece, type Placeholder, readSource, type Use } from "./source.ts";

export { TemplateError, type TemplateErrorPlace } from "./error.ts";
export type { Placeholder } from "./source.ts";

/** What a placeholder can be given: numbers and booleans are written as JavaScript writes them. */
export type TemplateValue = string | number | boolean;

/** What is known about a template's text. */
export interface TemplateOptions {
  /** The file's name, for messages. */
  file?: string;
}

/**
 * The text of a pipeline with placeholders, as `.gstp` files hold it:
 *
 * - The pipeline may span lines. Lines that begin with `#` are comments.
 * - `{name}` is a value that must be given, `{name=default}` one that need not. A default holds no braces.
 * - `{name:raw}` and `{name:raw=default}` insert the value as it is.
 * - `{{` and `}}` are literal braces, as in `format={{I420,NV12}}`.
 *
 * Unless it is raw, a value never adds an element or a property. In the value of a property it arrives unchanged, whatever
 * it holds. Elsewhere, it may hold what names and caps are made of; anything else is refused. So is, in properties that
 * hold an element themselves (such as playbin's `video-sink`, known by its name), anything but an element's name.
 *
 * @example
 * ```ts
 * import { Template } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * const template = Template.parse(`
 *   # the file to write
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
  /** The values that it takes, in the order of their first use. */
  readonly placeholders: readonly Placeholder[];
  readonly #pieces: readonly Piece[];
  readonly #file: string | undefined;

  private constructor(pieces: Piece[], placeholders: Placeholder[], file: string | undefined) {
    this.#pieces = pieces;
    this.placeholders = placeholders;
    this.#file = file;
  }

  /**
   * Reads a template.
   *
   * @throws {TemplateError} if a brace is neither doubled nor a placeholder's, or a placeholder has two defaults.
   * @throws {TypeError} if the text is not a string.
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
   * The pipeline's text with values in the place of the placeholders.
   *
   * @throws {TemplateError} if a value is missing, not asked for, or refused where it stands.
   * @throws {TypeError} if a value is not a string, a finite number or a boolean.
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
      throw new TemplateError(
        `there is no {${name}} for --${name}. Leave it out. ${describe(this.placeholders)}`,
        place,
      );
    }
    if (text.includes("\0") || !text.isWellFormed()) {
      throw new TemplateError(
        `--${name}: the value holds a NUL or half of a surrogate pair, which GStreamer cannot take. Remove it.`,
        place,
      );
    }
    return text;
  }
}

/**
 * Reads a template and puts values in: {@link Template.parse} and {@link Template.format} in one.
 *
 * @throws {TemplateError} if the text is malformed, or a value is missing, not asked for, or refused where it stands.
 * @throws {TypeError} if the text is not a string, or a value is not a string, a finite number or a boolean.
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
