/**
 * What a pipeline's text links with what, before GStreamer makes anything of it.
 *
 * GStreamer asks its way along the links by recursion, while it makes them and ever after: links that close a loop, and
 * chains of thousands of elements, overflow the stack of a thread, which ends the process.
 *
 * @module
 */
import { ENUMS } from "../../ffi/layout.ts";
import { GstParseError } from "../util/errors.ts";
import type { PadSide, PadSides } from "../gst/element_factory.ts";
import { lex, type Token } from "./lexer.ts";
import { ELEMENT_PROPERTY, readValue } from "./property_value.ts";

/** Elements, and bins twice, that may follow each other: a fifth of what overflows the smallest stack. */
const MAX_LENGTH = 500;
/** Elements, bins and references that a text may have: those of a hundred cameras, ten times. */
const MAX_PARTS = 10_000;
const PARTS = ["identifier", "uri", "reference", "(", "bin"];
/** Elements of a loop that a message names. */
const MAX_NAMES = 8;

/** What links come from or go to: an element, or either side of a bin. */
interface Node {
  /** What the text calls it; the factory's name where it does not. */
  name: string;
  /** The factory's name; empty for a bin. */
  readonly factory: string;
  readonly next: Set<Node>;
}

/** An element or a bin: links go to one node, and come from the other, which is the same for an element. */
interface GraphItem {
  readonly input: Node;
  readonly output: Node;
  /** Whether the text gives it a name. */
  isNamed: boolean;
}

/** The name of a part that the text may yet have to define, and of its pad where the text tells one. */
interface Reference {
  name: string;
  pad: string;
}

/** What a link goes from or to. */
type End = GraphItem | Reference;

/** Reads a text's links. */
class LinkGraph {
  readonly parts: GraphItem[] = [];
  readonly #named = new Map<string, GraphItem[]>();
  /** What stands for any of the parts without a name, by factory; that of all of them has none. */
  readonly #guessed = new Map<string, GraphItem>();
  /** The parts of elements whose streams do not meet, by their pads' names. */
  readonly #streams = new Map<GraphItem, Map<string, GraphItem>>();
  readonly #padsOf: (factory: string) => PadSides;
  readonly #links: { from: End; to: End; isOfAll: boolean }[] = [];
  /** The bins that are open, with what stands before them. */
  readonly #bins: { bin: GraphItem; from: End | undefined; isOfAll: boolean }[] = [];
  /** What a property in the text belongs to. */
  #current: GraphItem | undefined;
  /** What a link comes from. */
  #last: End | undefined;
  /** What the link that is open comes from. */
  #from: End | undefined;
  /** Whether that link is one of all pads. */
  #isOfAll = false;

  /**
   * Reads a text.
   *
   * @param padsOf Tells of a factory what pads its elements can have.
   * @throws {GstParseError} if it is too long, or a link of all pads has no end.
   */
  constructor(text: string, padsOf: (factory: string) => PadSides) {
    this.#padsOf = padsOf;
    const tokens = lex(text);
    const isPart = ({ kind }: Token) => PARTS.includes(kind);
    if (tokens.filter(isPart).length > MAX_PARTS) {
      throw linkError(`it has more than ${MAX_PARTS} elements and references`);
    }
    for (const token of tokens) this.#read(token, text.slice(token.start, token.end));
    for (const { from, to, isOfAll } of this.#links) {
      this.#checkSide(from, "src");
      this.#checkSide(to, "sink");
      for (const { output } of this.#resolve(from)) {
        for (const { input } of this.#resolve(to)) {
          if (isOfAll) this.#checkEnd(output, input);
          output.next.add(input);
        }
      }
    }
  }

  /** An element can wait for itself when it is asked for a pad of the wrong side while it makes one. */
  #checkSide(end: End, side: keyof PadSides): void {
    if ("input" in end || end.pad === "") return;
    const other = side === "src" ? "sink" : "src";
    for (const { input } of this.#resolve({ ...end, pad: "" })) {
      const pads = this.#padsOf(input.factory);
      if (!hasPad(pads[other], end.pad) || hasPad(pads[side], end.pad)) continue;
      throw linkError(
        `${end.name}.${end.pad} is a ${other} pad, and stands where a ${side} pad belongs`,
      );
    }
  }

  /** Elements that both make pads without end would be linked without end. */
  #checkEnd({ name: from, factory }: Node, { name: to, factory: toFactory }: Node): void {
    if (!this.#padsOf(factory).src.areEndless || !this.#padsOf(toFactory).sink.areEndless) return;
    throw linkError(`":" links all pads of ${from} and ${to}, which have no end of them`);
  }

  #read({ kind }: Token, word: string): void {
    if (kind === "identifier") this.#addElement(word);
    else if (kind === "uri") this.#addElement("");
    else if (kind === "reference") this.#add(readReference(word));
    else if (kind === "(" || kind === "bin") this.#openBin();
    else if (kind === ")") this.#closeBin();
    else if (kind === "!" || kind === ":" || kind === "caps") this.#link(word);
    else if (kind === "assignment") this.#assign(word);
  }

  /** Whether elements of a factory can have several streams that do not meet, such as multiqueue and rtpbin. */
  #isRouter(factory: string): boolean {
    const { sink, src } = this.#padsOf(factory);
    return sink.areSeveral && src.areSeveral;
  }

  #addElement(factory: string): void {
    const output: Node = { name: factory, factory, next: new Set() };
    const input = this.#isRouter(factory) ? { ...output, next: new Set([output]) } : output;
    this.#current = this.#addPart(input, output);
    this.#add(this.#current);
  }

  #addPart(input: Node, output: Node): GraphItem {
    const part = { input, output, isNamed: false };
    this.parts.push(part);
    const around = this.#bins.at(-1)?.bin;
    around?.input.next.add(input);
    if (around !== undefined) output.next.add(around.output);
    return part;
  }

  #link(word: string): void {
    this.#from = this.#last;
    this.#isOfAll = word.startsWith(":");
  }

  #add(end: End): void {
    const from = this.#from;
    if (from !== undefined) this.#links.push({ from, to: end, isOfAll: this.#isOfAll });
    this.#from = undefined;
    this.#last = end;
  }

  #openBin(): void {
    const side = (): Node => ({ name: "bin", factory: "", next: new Set() });
    const bin = this.#addPart(side(), side());
    this.#bins.push({ bin, from: this.#from, isOfAll: this.#isOfAll });
    this.#current = bin;
    this.#last = this.#from = undefined;
  }

  #closeBin(): void {
    const closed = this.#bins.pop();
    if (closed === undefined) return;
    ({ from: this.#from, isOfAll: this.#isOfAll } = closed);
    this.#add(closed.bin);
    this.#current = undefined;
  }

  #assign(word: string): void {
    const { name, value } = readAssignment(word);
    if (name !== "name" || this.#current === undefined) return;
    const part = this.#current;
    part.isNamed = true;
    part.input.name = part.output.name = value;
    this.#named.set(value, [...this.#named.get(value) ?? [], part]);
  }

  #resolve(end: End): GraphItem[] {
    if ("input" in end) return [end];
    const parts = this.#named.get(end.name) ?? this.#guess(end.name);
    // the pads of a stream have one name, but for their direction: sink_0, src_0
    const stream = end.pad.replace(/sink|src/, "");
    return /\d/.test(stream) ? parts.map((part) => this.#streamOf(part, stream)) : parts;
  }

  /** What belongs to one stream of an element that has several, which do not meet in it; else the whole part. */
  #streamOf(part: GraphItem, stream: string): GraphItem {
    if (!this.#isRouter(part.input.factory)) return part;
    const streams = this.#streams.get(part) ?? new Map<string, GraphItem>();
    this.#streams.set(part, streams);
    const known = streams.get(stream);
    if (known !== undefined) return known;
    const node: Node = { ...part.input, next: new Set([part.output]) };
    part.input.next.add(node);
    const found = { input: node, output: node, isNamed: true };
    streams.set(stream, found);
    this.parts.push(found);
    return found;
  }

  /** GStreamer numbers the parts that the text gives no name, as in `queue0`: it may be any of that kind. */
  #guess(name: string): GraphItem[] {
    if (!/\d$/.test(name)) return [];
    const nameless = this.parts.filter(({ isNamed }) => !isNamed);
    const factory = name.replace(/-?\d+$/, "");
    const same = nameless.filter(({ input }) => input.factory === factory);
    const key = same.length > 0 ? factory : "";
    const known = this.#guessed.get(key);
    if (known !== undefined) return [known];
    const side = (): Node => ({ name, factory: "", next: new Set() });
    const guess = { input: side(), output: side(), isNamed: true };
    for (const { input, output } of same.length > 0 ? same : nameless) {
      guess.input.next.add(input);
      output.next.add(guess.output);
    }
    this.#guessed.set(key, guess);
    this.parts.push(guess);
    return [guess];
  }
}

/** Whether a pad of this name can be on that side. */
function hasPad({ names }: PadSide, pad: string): boolean {
  return names.some((name) => new RegExp(`^${name.replace(/%[sdu]/g, ".+")}$`).test(pad));
}

function readReference(word: string): Reference {
  const dot = word.indexOf(".");
  return { name: word.slice(0, dot), pad: word.slice(dot + 1) };
}

/** The name and the value of an assignment. */
function readAssignment(word: string): { name: string; value: string } {
  const [, name, value] = /^([^=]*?)[ \t\n\v\f\r]*=[ \t\n\v\f\r]*([^]*)$/.exec(word)!;
  return { name: name!, value: readValue([...value!]).join("") };
}

/**
 * Checks the links of a pipeline's text.
 *
 * @param padsOf Tells of a factory what pads its elements can have.
 * @throws {GstParseError} if they close a loop, or link more elements one after the other than GStreamer can.
 */
export function checkLinks(text: string, padsOf: (factory: string) => PadSides): void {
  const { parts } = new LinkGraph(text, padsOf);
  const nodes = [...new Set(parts.flatMap(({ input, output }) => [input, output]))];
  const { loop, length } = follow(nodes);
  if (loop.length > 0) throw linkError(`its links close a loop through ${namesOf(loop)}`);
  if (length > MAX_LENGTH) {
    throw linkError(`it links more than ${MAX_LENGTH} elements one after the other`);
  }
}

/** Goes along all links: to the nodes in or between loops, and the number of nodes on the longest way. */
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

/** Takes away what nothing leads to, again and again, and tells each link of that; what is left is in or behind loops. */
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

function linkError(problem: string): GstParseError {
  return new GstParseError(`Cannot parse the pipeline: ${problem}`, {
    domain: "gst_parse_error",
    code: ENUMS.GST_PARSE_ERROR_LINK,
    hint:
      "GStreamer cannot follow such links. A stream that goes back, or on, can pass through an " +
      "intervideosink and an intervideosrc",
  });
}

/** The texts that GStreamer would read as pipelines within a pipeline's text, if it has properties for them. */
export function innerTexts(text: string): string[] {
  return lex(text).filter(({ kind }) => kind === "assignment")
    .map(({ start, end }) => readAssignment(text.slice(start, end)))
    .filter(({ name }) => ELEMENT_PROPERTY.test(name))
    .map(({ value }) => value);
}
