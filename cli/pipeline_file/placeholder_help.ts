/**
 * Help on the placeholders of a pipeline file.
 *
 * @module
 */
import type { Placeholder } from "../../mod.ts";
import type { OptionTable } from "../args/option.ts";
import { formatColumns, indent } from "../terminal/format.ts";
import type { PipelineFile } from "./pipeline_file.ts";

/**
 * Lists the placeholders of a file, and how to set each.
 *
 * @param options The options of the command: a placeholder of the same name is set after `--`.
 */
export function placeholderHelp({ name, template }: PipelineFile, options: OptionTable): string {
  const { placeholders } = template;
  if (placeholders.length === 0) return `${name} has no placeholders.`;
  const rows = placeholders.map((placeholder) => {
    const isOption = Object.hasOwn(options, placeholder.name);
    const flag = `${isOption ? "-- " : ""}--${placeholder.name}=VALUE`;
    const raw = placeholder.raw ? " (taken as pipeline text)" : "";
    return [flag, describePlaceholder(placeholder) + raw] as const;
  });
  return [`${name} takes:`, ...indent(2, formatColumns(rows))].join("\n");
}

/** Describes a placeholder in a few words. */
export function describePlaceholder({ required, default: value }: Placeholder): string {
  return required ? "required" : `default: ${value}`;
}
