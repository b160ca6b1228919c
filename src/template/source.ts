/**
 * The text of a template, taken apart at its placeholders.
 *
 * @module
 */
import { TemplateError } from "./error.ts";

/** A value that a template takes. */
export interface Placeholder {
  /** Its name: the value is given as `--name=VALUE` on a command line. */
  readonly name: string;
  /** Whether a value must be given: it has no default. */
  readonly required: boolean;
  /** What stands in for a value that is not given. */
  readonly default?: string;
  /** Whether the file inserts the value as it is, in one place at least: it may then hold any piece of a pipeline. */
  readonly raw: boolean;
  /** The line of its first use, counted from 1. */
  readonly line: number;
}

/** One use of a placeholder. */
export interface Use {
  readonly name: string;
  readonly raw: boolean;
  readonly default: string | undefined;
  readonly line: number;
}

/** What a text is made of: literal text and uses of placeholders, in order. */
export type Piece = string | Use;

const BRACE = /\{\{|\}\}|\{[^{}\n]*\}|[{}]/g;
const USE = /^\{([A-Za-z_][A-Za-z0-9_-]*)(:raw)?(?:=([^]*))?\}$/;

/**
 * Takes a text apart. Comment lines become empty lines, so that lines keep their numbers.
 *
 * @throws {TemplateError} at a brace that is neither doubled nor a placeholder's, and at two defaults for one name.
 */
export function readSource(
  text: string,
  file: string | undefined,
): { pieces: Piece[]; placeholders: Placeholder[] } {
  const source = text.replace(/^\uFEFF/, "").split("\n")
    .map((line) => line.trimStart().startsWith("#") ? "" : line).join("\n");
  const pieces: Piece[] = [];
  let malformed: { text: string; line: number } | undefined;
  let line = 1;
  let end = 0;
  const addText = (literal: string) => {
    pieces.push(literal);
    line += literal.split("\n").length - 1;
  };

  for (const { 0: brace, index } of source.matchAll(BRACE)) {
    addText(source.slice(end, index));
    end = index + brace.length;
    const [, name, raw, value] = USE.exec(brace) ?? [];
    if (brace === "{{" || brace === "}}") addText(brace[0]!);
    else if (name !== undefined) {
      pieces.push({ name, raw: raw !== undefined, default: value, line });
    } else malformed ??= { text: /^[^\n]{1,30}/.exec(source.slice(index))![0], line };
  }
  addText(source.slice(end));

  const placeholders = collect(pieces.filter((piece) => typeof piece !== "string"), file);
  if (malformed !== undefined) {
    throw new TemplateError(
      `"${malformed.text}" is no placeholder. Write {name}, {name=default} or {name:raw} for one; ` +
        `write {{ or }} for a literal brace. ${describe(placeholders)}`,
      { file, line: malformed.line },
    );
  }
  return { pieces, placeholders };
}

/** Uses of the same name are one placeholder. */
function collect(uses: Use[], file: string | undefined): Placeholder[] {
  const placeholders = new Map<string, Placeholder>();
  for (const use of uses) {
    const { name, line } = use;
    const known = placeholders.get(name);
    const value = known?.default ?? use.default;
    if (use.default !== undefined && use.default !== value) {
      throw new TemplateError(
        `{${name}} has two defaults, "${value}" and "${use.default}". Keep one of them.`,
        { file, line, placeholder: name },
      );
    }
    placeholders.set(name, {
      name,
      required: value === undefined,
      ...(value !== undefined && { default: value }),
      raw: use.raw || known?.raw === true,
      line: known?.line ?? line,
    });
  }
  return [...placeholders.values()];
}

/** A sentence on what a template takes. */
export function describe(placeholders: readonly Placeholder[]): string {
  const flags = placeholders.map(({ name, default: value }) =>
    `--${name}=VALUE (${value === undefined ? "required" : `default: ${value || '""'}`})`
  );
  return flags.length === 0 ? "It takes no values." : `It takes ${flags.join(", ")}.`;
}
