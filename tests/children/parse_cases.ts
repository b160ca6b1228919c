/**
 * Parses pipelines and prints what they are made of, one of JSON a line: parse_cases.ts < CASES
 *
 * A process of its own, as a crash of GStreamer would end the tests.
 */
import { GstParseError, Pipeline, type PropertyValue } from "../../mod.ts";

/** A pipeline's text, and the properties to read once it is parsed. */
export interface Case {
  readonly text: string;
  readonly read: readonly (readonly [element: string, property: string])[];
}

/** What GStreamer made of a pipeline's text. */
export type Outcome =
  | { readonly factories: readonly string[]; readonly values: readonly PropertyValue[] }
  | { readonly error: string };

async function parse({ text, read }: Case): Promise<Outcome> {
  try {
    await using pipeline = Pipeline.parse(text);
    const factories = pipeline.elementNames().map((name) => pipeline.element(name).factoryName);
    const values = read.map(([name, property]) => pipeline.element(name).getProperty(property));
    return { factories: factories.sort(), values };
  } catch (error) {
    if (!(error instanceof GstParseError)) throw error;
    return { error: error.message };
  }
}

if (import.meta.main) {
  const cases: Case[] = await new Response(Deno.stdin.readable).json();
  for (const each of cases) console.log(JSON.stringify(await parse(each)));
}
