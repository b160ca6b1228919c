/**
 * The bindings and the installed headers: the declarations in ffi/ are compiled as C.
 */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { appSymbols } from "../../ffi/app_symbols.ts";
import { GstVersionError } from "../../ffi/errors.ts";
import { glibSymbols, gobjectSymbols } from "../../ffi/glib_symbols.ts";
import { glib, gobject, gst, gstApp, gstVersion, gstVideo, requireSymbol } from "../../ffi/gst.ts";
import { gstSymbols, versionSymbols } from "../../ffi/gst_symbols.ts";
import { ENUMS, OFFSETS, SIZES } from "../../ffi/layout.ts";
import { videoSymbols } from "../../ffi/video_symbols.ts";
import "../../scripts/open_libraries.ts";
import { compile, headersMissing } from "../helpers/c.ts";

const missing = await headersMissing();
if (missing !== null) console.log(`The bindings are not compared with the C headers: ${missing}`);
const ignore = missing !== null;

/** Returns a line of C that prints a name and an integer. */
function printing(name: string, value: string): string {
  return `  printf("%s %lld\\n", "${name}", (long long) (${value}));`;
}

Deno.test({
  name: "layout agrees with the installed headers",
  ignore,
  async fn() {
    const expected: [string, number][] = [];
    const lines: string[] = [];
    const add = (name: string, value: string, number: number) => {
      expected.push([name, number]);
      lines.push(printing(name, value));
    };
    for (const [name, offset] of Object.entries(OFFSETS)) {
      add(name, `offsetof (${name.replace(".", ", ")})`, offset);
    }
    for (const [name, size] of Object.entries(SIZES)) add(name, `sizeof (${name})`, size);
    for (const [name, value] of Object.entries(ENUMS)) add(name, name, value);

    const printed = await compile(["int main (void) {", ...lines, "  return 0;", "}"]);
    const actual = printed.trimEnd().split("\n").map((line) => {
      const [name, value] = line.split(" ");
      return [name, Number(value)];
    });
    assertEquals(actual, expected);
  },
});

/** A symbol's C declaration, read from the comment above it. */
interface Declaration {
  result: string;
  parameters: string[];
}

/** Reads the declarations in the source of a symbol table. */
async function declarations(table: string): Promise<Map<string, Declaration>> {
  const source = await Deno.readTextFile(new URL(`../../ffi/${table}.ts`, import.meta.url));
  const found = new Map<string, Declaration>();
  for (const [, comment] of source.matchAll(/((?: {2}\/\/.*\n)+) {2}\w+: \{/g)) {
    const text = comment!.replaceAll(/\s*\/\/\s*/g, " ").trim();
    const [, result, name, list] = /^(.+?) ?(\w+) \(([^()]*)\)/.exec(text) ?? [];
    assert(name !== undefined, `no declaration: ${text}`);
    const parameters = list === "void" ? [] : list!.split(",").map((text) => text.trim());
    found.set(name, { result: result!, parameters });
  }
  return found;
}

/** The C type of each of Deno's types. */
const MEANING: Record<string, string> = {
  pointer: "IS_POINTER",
  buffer: "IS_POINTER",
  usize: "IS_INTEGER_64",
  u64: "IS_INTEGER_64",
  i64: "IS_INTEGER_64",
  u32: "IS_INTEGER_32",
  i32: "IS_INTEGER_32",
  f64: "IS_DOUBLE",
};

const MACROS = [
  "#define KIND(T) __builtin_classify_type ((T) 0)",
  "#define IS_POINTER(T) (KIND (T) == KIND (void *))",
  "#define IS_INTEGER_64(T) (KIND (T) == KIND (int) && sizeof (T) == 8)",
  "#define IS_INTEGER_32(T) (KIND (T) == KIND (int) && sizeof (T) == 4)",
  "#define IS_DOUBLE(T) (KIND (T) == KIND (double) && sizeof (T) == 8)",
];

/** Returns a parameter's type: its declaration without the name. */
function typeOf(parameter: string): string {
  return parameter.replace(/\w+(\[\])?$/, (_, array) => array === undefined ? "" : "*");
}

const tables: Record<string, Deno.ForeignLibraryInterface> = {
  app_symbols: appSymbols,
  glib_symbols: { ...glibSymbols, ...gobjectSymbols },
  gst_symbols: { ...gstSymbols, ...versionSymbols },
  video_symbols: videoSymbols,
};

for (const [table, symbols] of Object.entries(tables)) {
  Deno.test({
    name: `${table} agrees with the installed headers`,
    ignore,
    async fn() {
      const declared = await declarations(table);
      const lines = [...MACROS];
      for (const [key, symbol] of Object.entries(symbols)) {
        assert("parameters" in symbol);
        const name = symbol.name ?? key;
        const declaration = declared.get(name);
        assert(declaration !== undefined, `${name} has no C declaration`);
        const { result, parameters } = declaration;
        assertEquals(symbol.parameters.length, parameters.length, name);
        // compiles only if it matches the header's; the parentheses prevent the expansion of macros
        lines.push(`extern ${result} (${name}) (${parameters.join(", ") || "void"});`);
        const types = symbol.parameters.map((type, i) => [type, typeOf(parameters[i]!)]);
        if (symbol.result !== "void") types.push([symbol.result, result]);
        for (const [type, c] of types) {
          const meaning = MEANING[String(type)];
          assert(meaning !== undefined, `${name}: no C type for ${type}`);
          lines.push(`_Static_assert (${meaning} (${c}), "${name}: ${c} is not a ${type}");`);
        }
        if (symbol.result === "void") assertEquals(result, "void", name);
      }
      await compile([...lines, "int main (void) { return 0; }"]);
    },
  });
}

Deno.test("gst() and the other libraries have every symbol that is not optional", () => {
  const libraries: [Deno.ForeignLibraryInterface, Record<string, unknown>][] = [
    [gstSymbols, gst()],
    [appSymbols, gstApp()],
    [videoSymbols, gstVideo()],
    [glibSymbols, glib()],
    [gobjectSymbols, gobject()],
  ];
  for (const [table, symbols] of libraries) {
    for (const [name, symbol] of Object.entries(table)) {
      if (symbol.optional && symbols[name] === null) continue;
      assertEquals(typeof symbols[name], "function", name);
    }
  }
});

Deno.test("gstApp() has null for the optional symbols of a newer GStreamer", () => {
  const { major, minor } = gstVersion();
  const isNew = major > 1 || minor >= 24;
  assertEquals(gstApp().gst_app_sink_set_max_time !== null, isNew);
});

Deno.test("requireSymbol() returns a symbol, or names the version that has it", () => {
  assertEquals(requireSymbol("there", "some_symbol", "1.24"), "there");
  const error = assertThrows(() => requireSymbol(null, "some_symbol", "1.24"), GstVersionError);
  assertStringIncludes(error.message, "some_symbol needs GStreamer >= 1.24, installed is 1.");
});
