/**
 * Values into the text of a pipeline, so that no value adds an element or a property.
 *
 * @module
 */
import { TemplateError } from "./error.ts";
import { lex, type Token } from "../launch/lexer.ts";
import type { Piece, Use } from "./source.ts";
import { ELEMENT_PROPERTY, readValue, writeValue } from "../launch/property_value.ts";

/** A use of a placeholder with its value. A stand-in takes the value's place while the text is looked at. */
interface Slot {
  readonly use: Use;
  readonly value: string;
  /** Where the stand-in starts and ends. */
  readonly start: number;
  readonly end: number;
}

/** What to write from `start` to `end`; it is for a slot, the first one where there are several. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly slot: Slot;
}

/** Could be the name of an element, and a piece of any word. */
const STAND_IN = "x";
/** Could be the caps of a filter. */
const CAPS_STAND_IN = "x/x";

const CAPS = /^[A-Za-z0-9-]+\/[A-Za-z0-9-]/;
/** An assignment up to its value. */
const HEAD = /^[^=]*=[ \t\n\v\f\r]*/;
const AFTER_LINK = /[!:][ \t\n\v\f\r]*$/;

/** GStreamer reads lists within lists by recursion: a few thousand overflow a thread's stack. */
const MAX_BRACKETS = 1000;

/**
 * Puts values in. The value of an assignment is written anew, as one string. Anywhere else, a value holds only what
 * caps and names are made of. Either way, all words of the text must stay of their kind.
 *
 * @throws {TemplateError} if a value is refused.
 */
export function insert(
  pieces: readonly Piece[],
  valueOf: (use: Use) => string,
  file: string | undefined,
): string {
  const slots: Slot[] = [];
  let text = "";
  for (const piece of pieces) {
    const value = typeof piece === "string" ? piece : valueOf(piece);
    if (typeof piece === "string" || piece.raw) {
      text += value;
      continue;
    }
    const standIn = CAPS.test(value) && AFTER_LINK.test(text) ? CAPS_STAND_IN : STAND_IN;
    slots.push({ use: piece, value, start: text.length, end: text.length + standIn.length });
    text += standIn;
  }

  const edits = lex(text).flatMap((token) => editsOf(text, token, slots, file));
  // the last one first, so that the places of the others stay
  for (const edit of edits.reverse()) {
    const next = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    if (kinds(next) !== kinds(text)) {
      throw refusal(edit.slot, "would change how the pipeline around it is read", file);
    }
    text = next;
  }
  return text;
}

function kinds(text: string): string {
  return lex(text).map(({ kind }) => kind).join(" ");
}

/** The edits within a word: one for the value of an assignment, and one for each slot elsewhere. */
function editsOf(
  text: string,
  token: Token,
  slots: readonly Slot[],
  file: string | undefined,
): Edit[] {
  const { kind, start, end } = token;
  const head = kind === "assignment" ? HEAD.exec(text.slice(start))![0].length : end - start;
  const valueStart = start + head;
  const edits: Edit[] = [];
  for (const slot of slots.filter((slot) => start <= slot.start && slot.start < valueStart)) {
    checkWord(kind, slot, file);
    edits.push({ start: slot.start, end: slot.end, text: slot.value, slot });
  }
  const inValue = slots.filter((slot) => valueStart <= slot.start && slot.start < end);
  if (inValue[0] !== undefined) {
    const name = joined(itemsOf(text, start, valueStart, slots)).replace(/[ \t\n\v\f\r]*=.*/s, "");
    const value = joined(readValue(itemsOf(text, valueStart, end, slots)));
    checkProperty(name, value, inValue, file);
    // text right after a quoted string would belong to it
    const blank = /^[^ \t\n\v\f\r]/.test(text.slice(end)) ? " " : "";
    edits.push({ start: valueStart, end, text: writeValue(value) + blank, slot: inValue[0] });
  }
  return edits;
}

/** A part of the text as its characters, and the slots in it. */
function itemsOf(
  text: string,
  start: number,
  end: number,
  slots: readonly Slot[],
): (string | Slot)[] {
  const items: (string | Slot)[] = [];
  for (let at = start; at < end;) {
    const slot = slots.find((slot) => slot.start === at);
    items.push(slot ?? text[at]!);
    at = slot?.end ?? at + 1;
  }
  return items;
}

/** Items as text: the values in the place of the slots. */
function joined(items: readonly (string | Slot)[]): string {
  return items.map((item) => typeof item === "string" ? item : item.value).join("");
}

function checkProperty(
  name: string,
  value: string,
  slots: readonly Slot[],
  file: string | undefined,
): void {
  const pipeline = slots.find((slot) => !/^[A-Za-z0-9_./-]*$/.test(slot.value));
  if (ELEMENT_PROPERTY.test(name) && pipeline !== undefined) {
    throw refusal(pipeline, `is more than the name of the element that "${name}" takes`, file);
  }
  if ((value.match(/[<{[]/g)?.length ?? 0) > MAX_BRACKETS) {
    throw refusal(slots[0]!, `makes more than ${MAX_BRACKETS} opening brackets`, file);
  }
}

function checkWord(kind: string, slot: Slot, file: string | undefined): void {
  const isCaps = slot.end - slot.start === CAPS_STAND_IN.length;
  if (isCaps && kind !== "caps") throw refusal(slot, "is caps, but not between two links", file);
  const [char] = slot.value.match(isCaps ? /[^A-Za-z0-9_+.:,/%=-]/u : /[^A-Za-z0-9_+.:,/%-]/u) ??
    [];
  if (char === undefined) return;
  const what = /\s/.test(char) ? "a blank" : JSON.stringify(char);
  throw refusal(slot, `holds ${what}, which could add to the pipeline outside a property`, file);
}

function refusal({ use, value }: Slot, reason: string, file: string | undefined): TemplateError {
  const { name, line } = use;
  const shown = JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  return new TemplateError(
    `--${name}: the value ${shown} ${reason}. Give another value, or write {${name}:raw} in the file ` +
      "to have values put there as they are.",
    { file, line, placeholder: name },
  );
}
