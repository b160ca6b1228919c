/**
 * The tokens of a pipeline's text, as the lexer of gst_parse_launch() finds them.
 *
 * At each position, GStreamer's lexer applies the rule that matches the most text. Its strings have three peculiarities,
 * which are followed here: a backslash escapes a blank even if another backslash precedes it; a quoted string does not
 * end at `\"` if another quote follows anywhere; and text right after a quoted string belongs to it if that string holds
 * no blank.
 *
 * @module
 */

/** A token of a pipeline's text. */
export interface Token {
  /**
   * - `assignment`: `name=value`, quoted or not
   * - `caps`: a link with a filter, both of its `!` included
   * - `preset`, `reference`, `pad`, `bin`, `identifier`, `uri`, `comment`
   * - a character: an operator such as `!`, or one that GStreamer does not know
   */
  readonly kind: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Returns where the match that starts at a position ends; 0 if there is none. */
type Rule = (text: string, start: number) => number;

/** The pattern of a blank. */
export const BLANK = String.raw`[ \t\n\v\f\r]`;
/** The pattern of a media type, such as `video/x-raw`. */
export const MEDIA_TYPE = "[A-Za-z0-9-]+/[A-Za-z0-9-]+";
const IDENTIFIER = "[A-Za-z0-9_][A-Za-z0-9_%:-]*";

/** Of rules that match the same text, the first one counts. */
const RULES: [kind: string, rule: Rule][] = [
  ["assignment", withString(`${IDENTIFIER}${BLANK}*=${BLANK}*`)],
  ["preset", withString(`@preset${BLANK}*=${BLANK}*`)],
  ["pad", pattern(`\\.${IDENTIFIER}`)],
  ["reference", pattern(`${IDENTIFIER}\\.(?:${IDENTIFIER})?`)],
  ["bin", pattern(`${IDENTIFIER}${BLANK}*\\.${BLANK}*\\(`)],
  ["identifier", pattern(IDENTIFIER)],
  ["caps", capsLink],
  ["uri", withString("[A-Za-z][A-Za-z0-9+,.-]*://")],
  ["uri", pattern("[A-Za-z][A-Za-z0-9+,.-]*://")],
  // the letters are those of a mistake in GStreamer's own rule
  ["uri", withString('[".{}_identfr]?/')],
  ["comment", pattern("#[^\\n]*")],
];

/** Returns the tokens of a text in order, without the blanks between them. */
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
  let kind = text[start]!;
  let end = start;
  for (const [name, rule] of RULES) {
    const reach = rule(text, start);
    if (reach > end) [kind, end] = [name, reach];
  }
  end = Math.max(end, start + 1);
  return { kind, text: text.slice(start, end), start, end };
}

function pattern(source: string): Rule {
  const regExp = new RegExp(source, "y");
  return (text, start) => {
    regExp.lastIndex = start;
    regExp.test(text);
    return regExp.lastIndex;
  };
}

/** The rule of a head with a string right after it. */
function withString(head: string): Rule {
  const match = pattern(head);
  return (text, start) => {
    const at = match(text, start);
    if (at === 0) return 0;
    const end = Math.max(plainEnd(text, at), quotedEnd(text, at));
    return end > at ? end : 0;
  };
}

/** The end of a string without quotes: the first blank without a backslash before it. */
function plainEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const isEscaped = at > start && text[at - 1] === "\\" && text[at] !== "\n";
    if (isBlank(text[at]) && !isEscaped) break;
    at++;
  }
  return at;
}

/** The end of a quoted string: the first closing quote without a backslash before it, or else the last one. */
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

const CAPS_HEAD = pattern(`[!:]${BLANK}*${MEDIA_TYPE}`);
const MORE_CAPS = pattern(`;${BLANK}*${MEDIA_TYPE}`);

/** The rule of a filter between two links: `!` and `;` can be escaped in it, and `;` separates filters. */
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

/** Whether a character separates tokens. */
export function isBlank(char: string | undefined): boolean {
  return char !== undefined && " \t\n\v\f\r".includes(char);
}
