/**
 * Pipeline text from the words of a command line.
 *
 * @module
 */

/**
 * Joins words to pipeline text as gst-launch-1.0 does: a space within a word stays part of it, so that
 * `"location=my film.webm"` is one value. A space between double quotes needs no escape.
 */
export function joinWords(words: readonly string[]): string {
  return words.map(escapeSpaces).join(" ");
}

function escapeSpaces(word: string): string {
  let isQuoted = false;
  let text = "";
  let previous = "";
  for (const char of word) {
    // within quotes, a quote after a backslash is an ordinary character
    if (char === '"' && !(isQuoted && previous === "\\")) isQuoted = !isQuoted;
    text += char === " " && !isQuoted ? "\\ " : char;
    previous = char;
  }
  return text;
}
