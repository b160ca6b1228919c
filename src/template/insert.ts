/**
 * Inserts values into the text of a pipeline so that no value adds an element or a property.
 *
 * @module
 */
import { BLANK, isBlank, lex, MEDIA_TYPE, type Token } from "../launch/lexer.ts";
import {
  ELEMENT_PROPERTY,
  ELEMENTS_PROPERTY,
  readItems,
  splitAssignment,
  writeValue,
} from "../launch/property_value.ts";
import { isNestedTooDeeply, MAX_BRACKETS } from "../util/nesting.ts";
import { TemplateError } from "./error.ts";
import type { Piece, Use } from "./source.ts";

/** A use of a placeholder with its value. A stand-in takes the value's place while the text is lexed. */
interface Slot {
  readonly use: Use;
  readonly value: string;
  /** Where the stand-in starts and ends. */
  readonly start: number;
  readonly end: number;
}

/** A text with stand-ins, and the slots by where they start. */
interface Draft {
  readonly text: string;
  readonly slots: ReadonlyMap<number, Slot>;
  /** The template's file, for messages. */
  readonly file: string | undefined;
}

/** Replaces the text from `start` to `end`; for a slot, the first one where there are several. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly slot: Slot;
}

/** Could be the name of an element, and a piece of any token. */
const STAND_IN = "x";
/** Could be the caps of a filter. */
const CAPS_STAND_IN = "x/x";

const CAPS = new RegExp(`^${MEDIA_TYPE}`);
const AFTER_LINK = new RegExp(`[!:]${BLANK}*$`);

/**
 * Inserts values. The value of an assignment is written anew, as one string. Anywhere else, a value may only hold
 * what caps and names are made of. Either way, all tokens of the text must keep their kinds and places.
 *
 * @throws {TemplateError} If a value is refused.
 */
export function insert(
  pieces: readonly Piece[],
  valueOf: (use: Use) => string,
  file: string | undefined,
): string {
  const draft = { ...standIns(pieces, valueOf), file };
  const tokens = lex(draft.text);
  const edits = tokens.flatMap((token) => editsOf(draft, token));
  const keepsTokens = (text: string, some: readonly Edit[]) =>
    outline(lex(text), []) === outline(tokens, some);
  const result = apply(draft.text, edits);
  if (keepsTokens(result, edits)) return result;
  // the culprit is the first value, counted from the end, with which the tokens change
  const culprit = edits.findLast((_, at) => {
    const some = edits.slice(at);
    return !keepsTokens(apply(draft.text, some), some);
  })!;
  throw refusal(draft, culprit.slot, "would change how the pipeline around it is parsed");
}

/** Puts stand-ins in the place of the values that are not raw. */
function standIns(
  pieces: readonly Piece[],
  valueOf: (use: Use) => string,
): { text: string; slots: Map<number, Slot> } {
  const slots = new Map<number, Slot>();
  let text = "";
  for (const piece of pieces) {
    const value = typeof piece === "string" ? piece : valueOf(piece);
    if (typeof piece === "string" || piece.raw) {
      text += value;
      continue;
    }
    const standIn = CAPS.test(value) && AFTER_LINK.test(text) ? CAPS_STAND_IN : STAND_IN;
    const [start, end] = [text.length, text.length + standIn.length];
    slots.set(start, { use: piece, value, start, end });
    text += standIn;
  }
  return { text, slots };
}

/** The edits within a token: one for the value of an assignment, and one for each slot elsewhere. */
function editsOf(draft: Draft, token: Token): Edit[] {
  if (token.kind === "assignment") return assignmentEdits(draft, token);
  return itemsOf(draft, token.start, token.end).filter(isSlot)
    .map((slot) => wordEdit(draft, token.kind, slot));
}

function assignmentEdits(draft: Draft, { kind, text, start, end }: Token): Edit[] {
  const { name, value } = splitAssignment(text);
  const valueStart = end - value.length;
  const nameItems = itemsOf(draft, start, start + name.length);
  const edits = nameItems.filter(isSlot).map((slot) => wordEdit(draft, kind, slot));
  const items = itemsOf(draft, valueStart, end);
  const slots = items.filter(isSlot);
  if (slots[0] === undefined) return edits;
  const filled = joined(readItems(items));
  checkProperty(draft, joined(nameItems), filled, slots);
  // text right after a quoted string would belong to it
  const isFollowed = end < draft.text.length && !isBlank(draft.text[end]);
  const written = writeValue(filled) + (isFollowed ? " " : "");
  return [...edits, { start: valueStart, end, text: written, slot: slots[0] }];
}

function wordEdit(draft: Draft, kind: string, slot: Slot): Edit {
  checkWord(draft, kind, slot);
  return { start: slot.start, end: slot.end, text: slot.value, slot };
}

/** A part of the text as its characters and the slots in it. */
function itemsOf({ text, slots }: Draft, start: number, end: number): (string | Slot)[] {
  const items: (string | Slot)[] = [];
  for (let at = start; at < end;) {
    const slot = slots.get(at);
    items.push(slot ?? text[at]!);
    at = slot?.end ?? at + 1;
  }
  return items;
}

function isSlot(item: string | Slot): item is Slot {
  return typeof item !== "string";
}

/** Items as text, with the values in the place of the slots. */
function joined(items: readonly (string | Slot)[]): string {
  return items.map((item) => isSlot(item) ? item.value : item).join("");
}

/** The text after edits, which are in the order of the text. */
function apply(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** The kinds of tokens with where each starts after edits. */
function outline(tokens: readonly Token[], edits: readonly Edit[]): string {
  let shift = 0;
  let done = 0;
  return tokens.map(({ kind, start }) => {
    for (let edit; (edit = edits[done]) !== undefined && edit.end <= start; done++) {
      shift += edit.text.length - (edit.end - edit.start);
    }
    return `${kind} ${start + shift}`;
  }).join("\n");
}

function checkProperty(draft: Draft, name: string, value: string, slots: readonly Slot[]): void {
  const pipeline = slots.find((slot) => !/^[A-Za-z0-9_./-]*$/.test(slot.value));
  if (ELEMENT_PROPERTY.test(name) && pipeline !== undefined) {
    throw refusal(draft, pipeline, `is more than the name of an element, which "${name}" takes`);
  }
  if (ELEMENTS_PROPERTY.test(name)) {
    throw refusal(draft, slots[0]!, `could add elements, which "${name}" takes descriptions of`);
  }
  if (isNestedTooDeeply(value)) {
    throw refusal(draft, slots[0]!, `makes more than ${MAX_BRACKETS} opening brackets`);
  }
}

function checkWord(draft: Draft, kind: string, slot: Slot): void {
  const isCaps = slot.end - slot.start === CAPS_STAND_IN.length;
  if (isCaps && kind !== "caps") throw refusal(draft, slot, "is caps, but not between two links");
  const [char] = slot.value.match(isCaps ? /[^A-Za-z0-9_+.:,/%=-]/u : /[^A-Za-z0-9_+.:,/%-]/u) ??
    [];
  if (char === undefined) return;
  const what = /\s/.test(char) ? "whitespace" : JSON.stringify(char);
  throw refusal(
    draft,
    slot,
    `contains ${what}, which could add to the pipeline outside a property`,
  );
}

function refusal({ file }: Draft, { use, value }: Slot, reason: string): TemplateError {
  const { name, line } = use;
  const shown = JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  return new TemplateError(
    `--${name}: the value ${shown} ${reason}. Give another value, or write {${name}:raw} in the file ` +
      "to insert values as they are.",
    { file, line, placeholder: name },
  );
}
