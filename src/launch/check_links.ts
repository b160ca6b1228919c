/**
 * Refuses links that GStreamer cannot follow.
 *
 * GStreamer follows links by recursion, while it makes them and ever after: links that form a loop, and chains of
 * thousands of elements, overflow the stack of a thread, which ends the process. Nothing here recurses.
 *
 * @module
 */
import { ENUMS } from "../../ffi/layout.ts";
import type { PadSide, PadSides } from "../gst/element_factory.ts";
import { GstParseError } from "../util/errors.ts";
import type { Token } from "./lexer.ts";
import { LinkGraph, type Node, type PadsOf } from "./link_graph.ts";
import { isReference, type LinkEnd, readLinks } from "./link_reader.ts";

/** Elements, and bins twice, that may follow each other: a fifth of what overflows the smallest stack. */
const MAX_LENGTH = 500;
/** Elements, bins and references that a text may have: ten times those of a hundred cameras. */
const MAX_PARTS = 10_000;
const PARTS = ["identifier", "uri", "reference", "(", "bin"];
/** Elements of a loop that a message names. */
const MAX_NAMES = 8;

const STACK_HINT =
  "GStreamer overflows its stack on such links. To feed a stream back, or to split a long chain, " +
  "put an intervideosink and an intervideosrc between two parts";
const PADS_HINT = "GStreamer crashes or hangs on such a link";

/**
 * Checks the links of a pipeline's text.
 *
 * @throws {GstParseError} If there are too many elements, if a link is between the wrong pads or has no end, if the links
 * form a loop, or if a chain of elements is too long.
 */
export function checkLinks(tokens: readonly Token[], padsOf: PadsOf): void {
  if (tokens.filter(({ kind }) => PARTS.includes(kind)).length > MAX_PARTS) {
    throw linkError(`it has more than ${MAX_PARTS} elements and references`);
  }
  const { loop, length } = follow(linkedNodes(tokens, padsOf));
  if (loop.length > 0) {
    throw linkError(`its links close a loop through ${namesOf(loop)}`, STACK_HINT);
  }
  if (length > MAX_LENGTH) {
    throw linkError(`it links more than ${MAX_LENGTH} elements one after another`, STACK_HINT);
  }
}

/** The nodes of the text's items, linked as the text links them. */
function linkedNodes(tokens: readonly Token[], padsOf: PadsOf): Node[] {
  const { items, links } = readLinks(tokens);
  const graph = new LinkGraph(items, padsOf);
  for (const { from, to, isOfAllPads } of links) {
    checkPad(graph, padsOf, from, "src");
    checkPad(graph, padsOf, to, "sink");
    for (const { output } of graph.resolve(from)) {
      for (const { input } of graph.resolve(to)) {
        if (isOfAllPads) checkEndless(padsOf, output, input);
        output.next.add(input);
      }
    }
  }
  return graph.nodes;
}

/** An element can wait for itself when it is asked for a pad of the wrong side while it makes one. */
function checkPad(graph: LinkGraph, padsOf: PadsOf, end: LinkEnd, side: keyof PadSides): void {
  if (!isReference(end) || end.pad === "") return;
  const other = side === "src" ? "sink" : "src";
  for (const { input } of graph.resolve({ ...end, pad: "" })) {
    const pads = padsOf(input.factory);
    if (!hasPad(pads[other], end.pad) || hasPad(pads[side], end.pad)) continue;
    throw linkError(
      `${end.name}.${end.pad} is a ${other} pad, but the link needs a ${side} pad there`,
      PADS_HINT,
    );
  }
}

/** Whether a pad of this name can be on that side. */
function hasPad({ names }: PadSide, pad: string): boolean {
  return names.some((name) => new RegExp(`^${name.replace(/%[sdu]/g, ".+")}$`).test(pad));
}

/** Two elements that both make a pad whenever they are asked would be linked without end. */
function checkEndless(padsOf: PadsOf, from: Node, to: Node): void {
  if (!padsOf(from.factory).src.areEndless || !padsOf(to.factory).sink.areEndless) return;
  throw linkError(
    `":" links all pads of ${from.name} and ${to.name}, which both make new pads without end`,
    `${PADS_HINT}. Link single pads with "!"`,
  );
}

/** Returns the nodes in or between loops, and the number of nodes on the longest path. */
function follow(nodes: readonly Node[]): { loop: Node[]; length: number } {
  const next = new Map(nodes.map((node) => [node, [...node.next]]));
  const depths = new Map(nodes.map((node) => [node, 1]));
  const rest = peel(next, (node, other) => {
    depths.set(other, Math.max(depths.get(other)!, depths.get(node)! + 1));
  });
  // what lies behind a loop is no part of it
  const inLoop = peel(reversed(next, rest), () => {});
  return { loop: [...inLoop], length: [...depths.values()].reduce((a, b) => Math.max(a, b), 0) };
}

/**
 * Removes the nodes that no link leads to, again and again, and passes each link that goes with them to `onLink`.
 *
 * @returns The nodes that are left: those in loops and behind them.
 */
function peel(
  next: ReadonlyMap<Node, readonly Node[]>,
  onLink: (node: Node, other: Node) => void,
): Set<Node> {
  const counts = new Map([...next.keys()].map((node) => [node, 0]));
  for (const other of [...next.values()].flat()) counts.set(other, counts.get(other)! + 1);
  const rest = new Set(next.keys());
  const open = [...rest].filter((node) => counts.get(node) === 0);
  for (let node; (node = open.pop()) !== undefined;) {
    rest.delete(node);
    for (const other of next.get(node)!) {
      onLink(node, other);
      const count = counts.get(other)! - 1;
      counts.set(other, count);
      if (count === 0) open.push(other);
    }
  }
  return rest;
}

/** The links among some nodes, the other way round. */
function reversed(
  next: ReadonlyMap<Node, readonly Node[]>,
  among: ReadonlySet<Node>,
): Map<Node, Node[]> {
  const back = new Map([...among].map((node) => [node, [] as Node[]]));
  for (const node of among) for (const other of next.get(node)!) back.get(other)?.push(node);
  return back;
}

function namesOf(nodes: readonly Node[]): string {
  const names = [...new Set(nodes.map(({ name }) => name || "a source"))];
  return names.slice(0, MAX_NAMES).join(", ") + (names.length > MAX_NAMES ? " ..." : "");
}

function linkError(problem: string, hint?: string): GstParseError {
  return new GstParseError(`Cannot parse the pipeline: ${problem}`, {
    domain: "gst_parse_error",
    code: ENUMS.GST_PARSE_ERROR_LINK,
    hint,
  });
}
