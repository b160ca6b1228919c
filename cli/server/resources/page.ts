/**
 * The page and its files.
 *
 * @module
 */
import type { Handler } from "../context.ts";
import icon from "../page/icon.svg" with { type: "text" };
import html from "../page/index.html" with { type: "text" };
import style from "../page/page.css" with { type: "text" };
import script from "../page/page.js" with { type: "text" };

/** A handler for each file, by its path. */
export const PAGE_FILES: Readonly<Record<string, Handler>> = {
  "/": fileHandler("text/html; charset=utf-8", html),
  "/page.css": fileHandler("text/css; charset=utf-8", style),
  "/page.js": fileHandler("text/javascript; charset=utf-8", script),
  "/icon.svg": fileHandler("image/svg+xml", icon),
};

function fileHandler(type: string, text: string): Handler {
  return (c) => c.body(text, 200, { "content-type": type, "cache-control": "no-cache" });
}
