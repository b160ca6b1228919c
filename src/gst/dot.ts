/**
 * Graphviz's text of pipelines.
 *
 * @module
 */

/**
 * Escapes the names of elements in the labels that GStreamer writes: a quote in a name would end the label, and what follows
 * could be an attribute such as a link to a script.
 */
export function escapeNames(dot: string, names: readonly string[]): string {
  return names.filter((name) => /["\\\n]/.test(name)).reduce((text, name) => {
    const escaped = name.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n");
    return text.replaceAll(`\\n${name}\\n`, () => `\\n${escaped}\\n`);
  }, dot);
}
