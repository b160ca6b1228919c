import { assertEquals } from "@std/assert";
import { lex } from "../../src/launch/lexer.ts";
import { isReference, type LinkEnd, readLinks } from "../../src/launch/link_reader.ts";

/** The end of a link as text. */
function show(end: LinkEnd): string {
  if (isReference(end)) return `${end.name}.${end.pad}`;
  return end.isBin ? `(${end.names})` : end.factory;
}

Deno.test("readLinks() returns items with their factories, names and bins", () => {
  const { items } = readLinks(lex("a name=b ( name='c' d x=name ( e ) ) file:///f name=g name=h"));
  assertEquals(
    items.map(({ factory, isBin, names, parent }) => ({
      ...{ factory, isBin, names },
      parent: parent?.names.join(),
    })),
    [
      { factory: "a", isBin: false, names: ["b"], parent: undefined },
      { factory: "", isBin: true, names: ["'c'"], parent: undefined },
      { factory: "d", isBin: false, names: [], parent: "'c'" },
      { factory: "", isBin: true, names: [], parent: "'c'" },
      { factory: "e", isBin: false, names: [], parent: "" },
      { factory: "", isBin: false, names: ["g", "h"], parent: undefined },
    ],
  );
});

Deno.test("readLinks() returns links between items and references", () => {
  const texts: [text: string, links: string[]][] = [
    ["a ! b ! c", ["a > b", "b > c"]],
    ["a b ! c d", ["b > c"]],
    ["a ! x/y,z=1 ! b : c", ["a > b", "b >> c"]],
    ["a name=n n. ! b n.src_0 ! m.sink", ["n. > b", "n.src_0 > m.sink"]],
    ["a ! ( b ! c ) ! d", ["b > c", "a > ()", "() > d"]],
    ["a ! ( name=n b ! ) ! c", ["a > (n)", "(n) > c"]],
    ["a ! ! b", ["a > b"]],
    ["! a ) ! b !", ["a > b"]],
  ];
  for (const [text, links] of texts) {
    const shown = readLinks(lex(text)).links.map(({ from, to, isOfAllPads }) =>
      `${show(from)} ${isOfAllPads ? ">>" : ">"} ${show(to)}`
    );
    assertEquals(shown, links, text);
  }
});
