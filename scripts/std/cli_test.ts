import { assert, assertEquals, assertThrows } from "./assert/mod.ts";
import { parseArgs } from "./cli/parse_args.ts";

/** Fails to compile unless both types are the same. */
function sameType<A, B>(
  _: (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false,
): void {}

Deno.test("parseArgs: undeclared flags take the next argument unless it is a flag", () => {
  assertEquals(parseArgs(["--foo", "--bar=baz", "--n", "5", "file", "07", "-"]), {
    foo: true,
    bar: "baz",
    n: 5,
    _: ["file", 7, "-"],
  });
  assertEquals(parseArgs(["--out", "-", "--neg", "-1"]), {
    out: true,
    neg: true,
    1: true,
    _: ["-"],
  });
});

Deno.test("parseArgs: an equals sign always gives a value, even an empty one", () => {
  assertEquals(parseArgs(["--a=", "--b=x=y", "-c=", "-d=-1"]), {
    a: "",
    b: "x=y",
    c: "",
    d: -1,
    _: [],
  });
  assertEquals(parseArgs(["--t=line\nline"]), { t: "line\nline", _: [] });
});

Deno.test("parseArgs: booleans never take a value but true or false", () => {
  const args = parseArgs(["-q", "file", "--dry-run", "true", "--v=false"], {
    boolean: ["q", "dry-run", "v", "absent"],
  });
  assertEquals(args, { q: true, "dry-run": true, v: false, absent: false, _: ["file"] });
  sameType<typeof args.absent, boolean>(true);
  assertEquals(parseArgs(["--a", "b", "--c=d"], { boolean: true }), { a: true, c: "d", _: ["b"] });
});

Deno.test("parseArgs: strings stay strings", () => {
  const args = parseArgs(["--timeout", "05", "--file", "--x=1"], { string: ["timeout", "file"] });
  assertEquals(args, { timeout: "05", file: "", x: 1, _: [] });
  sameType<typeof args.timeout, string | undefined>(true);
  sameType<typeof args.other, unknown>(true);
  assertEquals<unknown>(parseArgs(["1.0", "0x10"], { string: ["_"] }), { _: ["1.0", "0x10"] });
  assertEquals(parseArgs(["1.0", "0x10"])._, [1, 16]);
});

Deno.test("parseArgs: collect gathers every value, and starts empty", () => {
  const args = parseArgs(["--set", "a=1", "--set=b=2", "--any", "1"], {
    string: ["set", "none"],
    boolean: ["flag"],
    collect: ["set", "none", "any", "flag"],
  });
  assertEquals(args, { set: ["a=1", "b=2"], none: [], any: [1], flag: [], _: [] });
  sameType<typeof args.set, string[]>(true);
  sameType<typeof args.any, unknown[]>(true);
  sameType<typeof args.flag, boolean[]>(true);
});

Deno.test("parseArgs: the last value of a flag that is not collected wins", () => {
  assertEquals(parseArgs(["--a=1", "--a=2"]), { a: 2, _: [] });
});

Deno.test("parseArgs: aliases share one value", () => {
  const args = parseArgs(["-v", "pos", "-t", "5"], {
    boolean: ["verbose"],
    string: ["timeout"],
    alias: { verbose: "v", timeout: ["t", "T"] },
  });
  assertEquals(args, {
    verbose: true,
    v: true,
    timeout: "5",
    t: "5",
    T: "5",
    _: ["pos"],
  });
  sameType<typeof args.v, boolean>(true);
});

Deno.test("parseArgs: defaults apply to what was not given", () => {
  const args = parseArgs(["--a=x"], {
    string: ["a", "b"],
    boolean: ["on"],
    alias: { b: "bee" },
    default: { a: "1", b: "2", on: true },
  });
  assertEquals(args, { a: "x", b: "2", bee: "2", on: true, _: [] });
  sameType<typeof args.b, string>(true);
});

Deno.test("parseArgs: only negatable flags are negated", () => {
  const args = parseArgs(["--no-colour", "--no-cache", "--no-list", "--list=a"], {
    string: ["list"],
    boolean: ["colour"],
    negatable: ["colour", "list"],
    collect: ["list"],
  });
  assertEquals(args.colour, false);
  assertEquals(args["no-cache"], true);
  assertEquals(args.list, ["a"]);
  assertEquals(parseArgs(["--no-list"], { collect: ["list"], negatable: ["list"] }).list, false);
});

Deno.test("parseArgs: what follows -- is not parsed", () => {
  assertEquals(parseArgs(["a", "--", "--b", "1"]), { _: ["a", "--b", "1"] });
  const args = parseArgs(["a", "--", "--b", "1"], { "--": true });
  assertEquals(args, { _: ["a"], "--": ["--b", "1"] });
  sameType<(typeof args)["--"], string[]>(true);
});

Deno.test("parseArgs: stopEarly takes the rest after the first positional as it is", () => {
  assertEquals(parseArgs(["--a", "-b", "run", "--c", "1"], { stopEarly: true, boolean: ["b"] }), {
    a: true,
    b: true,
    _: ["run", "--c", "1"],
  });
});

Deno.test("parseArgs: unknown sees undeclared flags and positionals, and can refuse them", () => {
  const seen: unknown[][] = [];
  const args = parseArgs(["--known=1", "-x", "--pattern", "ball", "file", "k"], {
    string: ["known"],
    boolean: ["quiet"],
    alias: { quiet: "k" },
    unknown: (...all) => {
      seen.push(all);
      return all[0] === "file" || all[1] === "x";
    },
  });
  assertEquals(seen, [
    ["-x", "x", true],
    ["--pattern", "pattern", "ball"],
    ["file"],
    ["k"],
  ]);
  assertEquals(args, { known: "1", x: true, quiet: false, k: false, _: ["file"] });
});

Deno.test("parseArgs: short flags combine, and carry values", () => {
  assertEquals(parseArgs(["-ab", "value", "-n5", "-f./x", "-o-"]), {
    a: true,
    b: "value",
    n: 5,
    f: "./x",
    o: "-",
    _: [],
  });
  assertEquals(parseArgs(["-i", "-"]), { i: "-", _: [] });
  assertEquals(parseArgs(["-b", "true", "x"], { boolean: ["b"] }), { b: true, _: ["x"] });
});

Deno.test("parseArgs: dots nest", () => {
  const args = parseArgs(["--a.b=1", "--a.c"], { default: { "a.d": 2 } });
  assertEquals(args, { a: { b: 1, c: true, d: 2 }, _: [] });
  assert(!("a.d" in args));
});

Deno.test("parseArgs: no flag reaches what all objects share", () => {
  const args = [
    "--__proto__.x=1",
    "--constructor.prototype.x=1",
    "--constructor=1",
    "--a.__proto__.x=1",
  ];
  assertEquals(parseArgs([...args, "--default.constructor.x"]), {
    a: {},
    default: {},
    _: [],
  });
  assertEquals(Object.keys(Object.prototype), []);
  assert(!("x" in {}));
});

Deno.test("parseArgs: a flag named _ replaces the words, or fails if more of them follow", () => {
  assertEquals<unknown>(parseArgs(["-_", "x"], { string: ["_"], "--": true }), {
    _: "x",
    "--": [],
  });
  assertThrows(() => parseArgs(["--_=1"]), TypeError);
});

Deno.test("parseArgs: a number is what Number() takes", () => {
  assertEquals(parseArgs(["0b11", "1e3", "Infinity", " ", "1n"])._, [
    3,
    1000,
    "Infinity",
    " ",
    "1n",
  ]);
});

Deno.test("parseArgs: an equals sign after letters gives the first its value", () => {
  assertEquals(parseArgs(["-abc=x"]), { a: "x", _: [] });
  assertEquals(parseArgs(["--no-=", "-e="]), { "no-=": true, e: "", _: [] });
});
