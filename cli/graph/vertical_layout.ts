/**
 * The layout of pictures of pipelines: from top to bottom, since a page is as wide as a few elements at most.
 *
 * @module
 */

/** GStreamer's legend, a box as wide as all elements on the left together. */
const LEGEND = /\n *legend \[[^\]]*?label="((?:\\.|[^"\\])*)"[^]*?\n *\];/;
const BEGIN = /^ *subgraph cluster_(\S+) \{$/;
const END = /^ *\}$/;
const LABEL = /^ *label="(.+)";$/;
const NODE = /^ *(\S+) \[color=/;

/** A box of GStreamer's graph: an element, or the pads of one in one direction. */
interface Cluster {
  readonly name: string;
  readonly pads: { readonly sink: string[]; readonly src: string[] };
  /** The index of the line with its title. */
  titleLine?: number;
  /** Whether it has boxes in it other than pads. */
  isBin: boolean;
}

/** Lays out a graph that GStreamer wrote from left to right, in Graphviz's language. */
export function layoutVertically(dot: string): string {
  const legend = LEGEND.exec(dot)?.[1] ?? "";
  return moveTitles(dot.replace(LEGEND, ""))
    .replace(/^ {2}rankdir=LR;$/m, "  rankdir=TB;")
    .replace(/^ {2}label="(.*)";$/m, (_, title) => `  label="${title}\\n\\n${legend}";`)
    // the library measures text without fonts: it knows the widths of Courier only, and boxes are to enclose their text
    .replaceAll(/fontname="[^"]*"/g, 'fontname="Courier"');
}

/** Moves the title of each element between its pads: links from above would cross it at the top. */
function moveTitles(dot: string): string {
  const lines = dot.split("\n");
  const open: Cluster[] = [];
  for (const [i, line] of lines.entries()) {
    const cluster = open.at(-1);
    const [, name] = BEGIN.exec(line) ?? [];
    if (name !== undefined) {
      if (cluster !== undefined && padsIn(cluster, name) === undefined) cluster.isBin = true;
      open.push({ name, pads: { sink: [], src: [] }, isBin: false });
    } else if (cluster === undefined) continue;
    else if (LABEL.test(line)) cluster.titleLine = i;
    else if (NODE.test(line)) padsIn(open.at(-2), cluster.name)?.push(NODE.exec(line)![1]!);
    else if (END.test(line)) {
      open.pop();
      if (cluster.isBin || cluster.titleLine === undefined) continue;
      lines[i] = `${titleNode(cluster, lines[cluster.titleLine]!)}\n${line}`;
      lines[cluster.titleLine] = 'label="";';
    }
  }
  return lines.join("\n");
}

/** Returns the list of an element for the pads in a box of it; undefined where that has no pads. */
function padsIn(element: Cluster | undefined, box: string): string[] | undefined {
  if (box === `${element?.name}_sink`) return element!.pads.sink;
  return box === `${element?.name}_src` ? element!.pads.src : undefined;
}

function titleNode({ name, pads }: Cluster, titleLine: string): string {
  const title = `${name}_title`;
  return [
    `${title} [shape=plaintext, style="", fontsize="9", label="${LABEL.exec(titleLine)![1]}"];`,
    ...pads.sink.map((pad) => `${pad} -> ${title} [style="invis"];`),
    ...pads.src.map((pad) => `${title} -> ${pad} [style="invis"];`),
  ].join("\n");
}
