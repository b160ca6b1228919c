/**
 * Where data flows in a pipeline: a graph of its elements and of both sides of its bins.
 *
 * @module
 */
import type { PadSides } from "../gst/element_factory.ts";
import { isReference, type Item, type LinkEnd } from "./link_reader.ts";

/** An element, a stream of an element that has several, or one side of a bin. */
export interface Node {
  /** The name in the text, or else the factory's; empty for what a URI stands for. */
  readonly name: string;
  /** The factory's name; empty for a bin. */
  readonly factory: string;
  /** The nodes that data flows to from here. */
  readonly next: Set<Node>;
}

/** Where links end and where they start at an item: for most elements, the same node. */
export interface NodePair {
  readonly input: Node;
  readonly output: Node;
}

/** Returns the pads that a factory's elements can have. */
export type PadsOf = (factory: string) => PadSides;

/** The graph of a pipeline's items; links are added to the nodes that {@link resolve} returns. */
export class LinkGraph {
  readonly #padsOf: PadsOf;
  readonly #items = new Map<Item, NodePair>();
  readonly #named = new Map<string, NodePair[]>();
  /** The nodes of single streams, by the item's and the stream's name. */
  readonly #streams = new Map<NodePair, Map<string, NodePair>>();
  /** The nodes that stand for any item without a name, by factory; for those of any factory, under an empty one. */
  readonly #guesses = new Map<string, NodePair>();
  readonly #pairs: NodePair[] = [];

  constructor(items: readonly Item[], padsOf: PadsOf) {
    this.#padsOf = padsOf;
    for (const item of items) this.#addItem(item);
  }

  /** All nodes, those of the items first. */
  get nodes(): Node[] {
    return [...new Set(this.#pairs.flatMap(({ input, output }) => [input, output]))];
  }

  /** Returns the nodes of everything that the end of a link can mean. */
  resolve(end: LinkEnd): NodePair[] {
    if (!isReference(end)) return [this.#items.get(end)!];
    const pairs = this.#named.get(end.name) ?? this.#guess(end.name);
    // the pads of one stream are named alike but for their direction: sink_0, src_0
    const stream = end.pad.replace(/sink|src/, "");
    return /\d/.test(stream) ? pairs.map((pair) => this.#streamOf(pair, stream)) : pairs;
  }

  #addItem(item: Item): void {
    const { factory, isBin, names, parent } = item;
    const name = names.at(-1) ?? (isBin ? "bin" : factory);
    const output = newNode(name, factory);
    let input = output;
    if (isBin) input = newNode(name, factory);
    else if (this.#isRouter(factory)) input = newNode(name, factory, [output]);
    const pair = this.#add({ input, output });
    this.#items.set(item, pair);
    for (const each of names) this.#named.set(each, [...this.#named.get(each) ?? [], pair]);
    const around = parent && this.#items.get(parent)!;
    around?.input.next.add(input);
    if (around !== undefined) output.next.add(around.output);
  }

  #add(pair: NodePair): NodePair {
    this.#pairs.push(pair);
    return pair;
  }

  /** Whether a factory's elements can have several streams that do not meet, such as multiqueue and rtpbin. */
  #isRouter(factory: string): boolean {
    const { sink, src } = this.#padsOf(factory);
    return sink.areSeveral && src.areSeveral;
  }

  /** The node of one stream of an element whose streams do not meet; of any other item, the whole. */
  #streamOf(pair: NodePair, stream: string): NodePair {
    const { input, output } = pair;
    if (!this.#isRouter(input.factory)) return pair;
    const streams = this.#streams.get(pair) ?? new Map<string, NodePair>();
    this.#streams.set(pair, streams);
    const known = streams.get(stream);
    if (known !== undefined) return known;
    const node = newNode(input.name, input.factory, [output]);
    input.next.add(node);
    const added = this.#add({ input: node, output: node });
    streams.set(stream, added);
    return added;
  }

  /** GStreamer numbers the items that the text does not name, as in `queue0`: the name can mean any of its kind. */
  #guess(name: string): NodePair[] {
    if (!/\d$/.test(name)) return [];
    const nameless = [...this.#items].filter(([{ names }]) => names.length === 0);
    const factory = name.replace(/-?\d+$/, "");
    const alike = nameless.filter(([item]) => item.factory === factory);
    const key = alike.length > 0 ? factory : "";
    const known = this.#guesses.get(key);
    if (known !== undefined) return [known];
    const guess = { input: newNode(name, ""), output: newNode(name, "") };
    for (const [, { input, output }] of alike.length > 0 ? alike : nameless) {
      guess.input.next.add(input);
      output.next.add(guess.output);
    }
    this.#guesses.set(key, guess);
    return [this.#add(guess)];
  }
}

function newNode(name: string, factory: string, next: Node[] = []): Node {
  return { name, factory, next: new Set(next) };
}
