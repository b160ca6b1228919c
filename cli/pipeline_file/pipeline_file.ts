/**
 * Reads a pipeline file.
 *
 * @module
 */
import { Template } from "../../mod.ts";
import { UsageError } from "../args/usage_error.ts";

/** A pipeline file. */
export interface PipelineFile {
  /** Its name, for messages. */
  name: string;
  template: Template;
}

/**
 * Reads a pipeline file; `-` is standard input.
 *
 * @throws {UsageError} If it cannot be read.
 * @throws {TemplateError} If it is malformed.
 */
export async function readPipelineFile(path: string): Promise<PipelineFile> {
  const name = path === "-" ? "standard input" : path;
  const text = await readText(path).catch((error: Error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Cannot read ${name}: ${error.message}`);
  });
  return { name, template: Template.parse(text, { file: name }) };
}

function readText(path: string): Promise<string> {
  return path === "-" ? new Response(Deno.stdin.readable).text() : Deno.readTextFile(path);
}
