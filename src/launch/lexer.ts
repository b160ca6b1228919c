/**
 * The words of a pipeline's text, as the parser of gst_parse_launch() takes them.
 *
 * GStreamer's lexer takes, at every place, the rule that matches the most text. Its strings have three traps, for which
 * they are measured here as it measures them: a backslash lets a blank pass even where another backslash precedes it;
 * a quoted string does not end at `\"` if another quote follows anywhere; and text goes on after a quoted string
 * if there is no blank in it.
 *
 * @module
 */

/**
 * What a word is:
 * - `assignment`: `name=value`, quoted or not
 * - `caps`: a link with a filter, both of its `!` included
 * - `preset`, `reference`, `pad`, `bin`, `identifier`, `uri`, `comment`
 * - a character: an operator such as `!`, or one that GStreamer has no use for
 */
export interface Token {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Tells where the match that starts at a place ends; 0 if there is none. */
type Rule = (text: string, start: number) => number;

const BLANK = String.raw`[ \t\n\v\f\r]*`;
const IDENTIFIER = "[A-Za-z0-9_][A-Za-z0-9_%:-]*";
const MEDIA_TYPE = "[A-Za-z0-9-]+/[A-Za-z0-9-]+";

/** Where rules match the same text, the first one counts. */
const RULES: [kind: string, rule: Rule][] = [
  ["assignment", withString(`${IDENTIFIER}${BLANK}=${BLANK}`)],
  ["preset", withString(`@preset${BLANK}=${BLANK}`)],
  ["pad", pattern(`\\.${IDENTIFIER}`)],
  ["reference", pattern(`${IDENTIFIER}\\.(?:${IDENTIFIER})?`)],
  ["bin", pattern(`${IDENTIFIER}${BLANK}\\.${BLANK}\\(`)],
  ["identifier", pattern(IDENTIFIER)],
  ["caps", capsLink],
  ["uri", withString("[A-Za-z][A-Za-z0-9+,.-]*://")],
  ["uri", pattern("[A-Za-z][A-Za-z0-9+,.-]*://")],
  // these letters come of a slip in GStreamer's own rule
  ["uri", withString('[".{}_identfr]?/')],
  ["comment", pattern("#[^\\n]*")],
];

/** The words of a text in order, without the blanks between them. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    if (isBlank(text[at])) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(text: string, start: number): Token {
  let longest: Token = { kind: text[start]!, start, end: start };
  for (const [kind, rule] of RULES) {
    const end = rule(text, start);
    if (end > longest.end) longest = { kind, start, end };
  }
  return longest.end > start ? longest : { ...longest, end: start + 1 };
}

function pattern(source: string): Rule {
  const regExp = new RegExp(source, "y");
  return (text, start) => {
    regExp.lastIndex = start;
    regExp.test(text);
    return regExp.lastIndex;
  };
}

/** A head with a string right after it. */
function withString(head: string): Rule {
  const match = pattern(head);
  return (text, start) => {
    const at = match(text, start);
    if (at === 0) return 0;
    const end = Math.max(plainEnd(text, at), quotedEnd(text, at));
    return end > at ? end : 0;
  };
}

/** The end of a string without quotes: the first blank that has no backslash before it. */
function plainEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const isEscaped = at > start && text[at - 1] === "\\" && text[at] !== "\n";
    if (isBlank(text[at]) && !isEscaped) break;
    at++;
  }
  return at;
}

/** The end of a quoted string: the first closing quote that has no backslash before it, or else the last one. */
function quotedEnd(text: string, start: number): number {
  const quote = text[start];
  let end = start;
  if (quote !== '"' && quote !== "'") return end;
  for (let at = start + 1; (at = text.indexOf(quote, at)) >= 0; at++) {
    end = at + 1;
    if (text[at - 1] !== "\\") break;
  }
  return end;
}

const CAPS_HEAD = pattern(`[!:]${BLANK}${MEDIA_TYPE}`);
const MORE_CAPS = pattern(`;${BLANK}${MEDIA_TYPE}`);

/** A filter between two links; `!` and `;` can be escaped in it, and `;` separates filters. */
function capsLink(text: string, start: number): number {
  let end = 0;
  let at = CAPS_HEAD(text, start) || text.length;
  while (at < text.length) {
    const char = text[at]!;
    const previous = text[at - 1]!;
    if (char === "!" || char === ":") end = at + 1;
    if (char === "!" && previous !== "\\") break;
    if (char === ";" && !"\\,".includes(previous)) {
      at = MORE_CAPS(text, at);
      if (at === 0) break;
    } else {
      at++;
    }
  }
  return end;
}

function isBlank(char: string | undefined): boolean {
  return char !== undefined && " \t\n\v\f\r".includes(char);
}
