/**
 * Draws Graphviz's text as SVG, by Graphviz compiled to WebAssembly.
 *
 * @module
 */
import { instance } from "npm:@viz-js/viz@3.31.0";

/** Returns the picture of a graph in Graphviz's language. */
export async function drawSvg(dot: string): Promise<string> {
  const viz = await instance();
  return viz.renderString(dot, { format: "svg" });
}
