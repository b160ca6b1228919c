/**
 * Splits the text of a template at its placeholders.
 *
 * @module
 */
import { TemplateError } from "./error.ts";

/** A placeholder of a template. */
export interface Placeholder {
  /** Its name; on a command line, the value is given as `--name=VALUE`. */
  readonly name: string;
  /** Whether a value must be given: it has no default. */
  readonly required: boolean;
  /** The value if none is given. */
  readonly default?: string;
  /** Whether at least one use is raw: the value can then be any part of a pipeline description. */
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

/** Literal text, or the use of a placeholder. */
export type Piece = string | Use;

const BRACE = /\{\{|\}\}|\{[^{}\n]*\}|[{}]/g;
const USE = /^\{([A-Za-z_][A-Za-z0-9_-]*)(:raw)?(?:=([^]*))?\}$/;

/**
 * Splits a text. Comment lines become empty lines, so that lines keep their numbers.
 *
 * @throws {TemplateError} If a brace is neither doubled nor part of a placeholder, or if one name has two defaults.
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
      `"${malformed.text}" is not a placeholder. Write {name}, {name=default} or {name:raw} for one; ` +
        `write {{ or }} for a literal brace. ${describe(placeholders)}`,
      { file, line: malformed.line },
    );
  }
  return { pieces, placeholders };
}

/** Returns one placeholder for all uses of the same name. */
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

/** Returns a sentence that lists the values that a template takes. */
export function describe(placeholders: readonly Placeholder[]): string {
  const flags = placeholders.map(({ name, default: value }) =>
    `--${name}=VALUE (${value === undefined ? "required" : `default: ${value || '""'}`})`
  );
  return flags.length === 0 ? "It takes no values." : `It takes ${flags.join(", ")}.`;
}
