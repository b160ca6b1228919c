/**
 * The elements, bins and links that a pipeline's text holds.
 *
 * @module
 */
import type { Token } from "./lexer.ts";
import { readValue, splitAssignment } from "./property_value.ts";

/** An element or a bin. */
export interface Item {
  /** The factory's name; empty for a bin, and for the source or sink of a URI. */
  readonly factory: string;
  readonly isBin: boolean;
  /** The names that the text assigns; the last one counts. */
  readonly names: string[];
  /** The bin around it. */
  readonly parent: Item | undefined;
}

/** An item by its name, which the text may define later, and its pad; the pad is empty where the text names none. */
export interface Reference {
  readonly name: string;
  readonly pad: string;
}

/** What a link starts or ends at. */
export type LinkEnd = Item | Reference;

/** A link between two items. */
export interface Link {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  /** Whether it links all pads (`:`) instead of one (`!`). */
  readonly isOfAllPads: boolean;
}

/** A link whose second end is still to come. */
type OpenLink = Omit<Link, "to">;

/** Reads the items and the links of a pipeline's text, each in the order of the text. */
export function readLinks(tokens: readonly Token[]): { items: Item[]; links: Link[] } {
  const reader = new LinkReader();
  for (const token of tokens) reader.read(token);
  return reader;
}

/** Whether an end is a reference to an item, not the item itself. */
export function isReference(end: LinkEnd): end is Reference {
  return "pad" in end;
}

class LinkReader {
  readonly items: Item[] = [];
  readonly links: Link[] = [];
  /** The bins that are not closed yet, each with the link that leads to it. */
  readonly #bins: { bin: Item; open: OpenLink | undefined }[] = [];
  /** The item that an assignment belongs to. */
  #current: Item | undefined;
  /** The end that the next link starts from. */
  #last: LinkEnd | undefined;
  #open: OpenLink | undefined;

  read({ kind, text }: Token): void {
    if (kind === "identifier") this.#addElement(text);
    else if (kind === "uri") this.#addElement("");
    else if (kind === "reference") this.#addEnd(readReference(text));
    else if (kind === "(" || kind === "bin") this.#openBin();
    else if (kind === ")") this.#closeBin();
    else if (kind === "!" || kind === ":" || kind === "caps") this.#openLink(text);
    else if (kind === "assignment") this.#assign(text);
  }

  #addElement(factory: string): void {
    this.#current = this.#addItem(factory, false);
    this.#addEnd(this.#current);
  }

  #addItem(factory: string, isBin: boolean): Item {
    const item: Item = { factory, isBin, names: [], parent: this.#bins.at(-1)?.bin };
    this.items.push(item);
    return item;
  }

  #openLink(text: string): void {
    this.#open = this.#last && { from: this.#last, isOfAllPads: text.startsWith(":") };
  }

  #addEnd(end: LinkEnd): void {
    if (this.#open !== undefined) this.links.push({ ...this.#open, to: end });
    this.#open = undefined;
    this.#last = end;
  }

  #openBin(): void {
    const bin = this.#addItem("", true);
    this.#bins.push({ bin, open: this.#open });
    this.#current = bin;
    this.#last = this.#open = undefined;
  }

  #closeBin(): void {
    const closed = this.#bins.pop();
    if (closed === undefined) return;
    this.#open = closed.open;
    this.#addEnd(closed.bin);
    this.#current = undefined;
  }

  #assign(text: string): void {
    const { name, value } = splitAssignment(text);
    if (name === "name") this.#current?.names.push(readValue(value));
  }
}

function readReference(text: string): Reference {
  const dot = text.indexOf(".");
  return { name: text.slice(0, dot), pad: text.slice(dot + 1) };
}
