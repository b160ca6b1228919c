/**
 * The layout of the repository: what imports what, where files lie, how long they are, and which words they avoid.
 *
 * tests/mod/import_by_url_test.ts checks that the graph of mod.ts has relative and `node:` imports only.
 */
import { assert } from "@std/assert";
import { posix } from "node:path";
import { ROOT } from "../scripts/lib/paths.ts";

/** Folders and files from the bottom up: what a file imports is in its own layer or in one before it. */
const LAYERS = [
  "ffi",
  "src/util",
  "src/media",
  "src/gst",
  "src/launch",
  "src/template",
  "src/pipeline.ts",
  "src/standalone.ts",
  "src/app",
  "src/observation",
  "src/storage",
  "src/verify",
  "src/recovery",
  "src/ringbuffer",
  "src/recorder",
  "src/inspect",
  "src/camera",
  "mod.ts",
  "cli",
  "cli.ts",
  "recipes",
  "scripts",
  "bench",
  "tests",
];

/** What the command imports the library through. */
const LIBRARY = "mod.ts";

/** All files that lie directly in these folders: others are in a folder of theirs, and tests/ mirrors src/. */
const TOP_FILES: Record<string, readonly string[]> = {
  src: ["pipeline.ts", "standalone.ts"],
  cli: [],
  tests: ["house_test.ts", "pipeline_test.ts", "standalone_test.ts"],
};

/** The most lines of a file, without those of comments. */
const MAX_CODE_LINES = 240;

/** Phrases that comments, messages and pages avoid. */
const BANNED_PHRASES = [
  "unless told",
  "lest",
  "for want of",
  "be it",
  "has it be",
  "there is to know",
  "(--help tells",
  "tells",
];

/** An import, or a re-export. */
interface Import {
  readonly line: number;
  /** The path of a relative import from the root of the repository, or the specifier of another one. */
  readonly target: string;
}

const STATIC_IMPORT =
  /^(?:import|export)\s+(?:type\s+)?(?:[\w*$][\w\s*$]*,?\s*)?(?:\{[^}]*\}\s*)?from\s*"([^"]+)"/gm;
const BARE_IMPORT = /^import\s+"([^"]+)"/gm;
const DYNAMIC_IMPORT = /^(?!\s*(?:\*|\/\/)).*?\bimport\(\s*"([^"]+)"/gm;

/** The text files of the repository, by their paths from its root. */
const files = new Map(
  [...new Set(LAYERS.map((layer) => layer.split("/")[0]!)), "docs", "README.md"]
    .flatMap((path) => listFiles(path))
    .map((path) => [path, Deno.readTextFileSync(ROOT + path)]),
);

/** The imports of each module. */
const imports = new Map(
  [...files].filter(([path]) => path.endsWith(".ts"))
    .map(([path, text]) => [path, readImports(path, text)]),
);

function listFiles(path: string): string[] {
  const full = ROOT + path;
  if (Deno.statSync(full).isFile) return [path];
  return [...Deno.readDirSync(full)]
    .filter(({ name, isDirectory }) =>
      isDirectory || /\.(?:[tj]s|md|html|bash|fish|zsh)$/.test(name)
    )
    .flatMap(({ name }) => listFiles(`${path}/${name}`))
    .sort();
}

function readImports(path: string, text: string): Import[] {
  return [STATIC_IMPORT, BARE_IMPORT, DYNAMIC_IMPORT].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ 0: match, 1: specifier, index }) => ({
      line: lineAt(text, index + match.length),
      target: specifier!.startsWith(".") ? posix.join(posix.dirname(path), specifier!) : specifier!,
    }))
  );
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The position of a file's layer; -1 without one. */
function layerOf(path: string): number {
  return LAYERS.findIndex((layer) => isIn(path, layer));
}

/** Fails with one line for each problem. */
function assertNone(problems: readonly string[]): void {
  assert(problems.length === 0, `\n${problems.join("\n")}`);
}

/** The problems of imports, each after the place of the import. */
function importProblems(problemOf: (path: string, target: string) => string | undefined): string[] {
  return [...imports].flatMap(([path, list]) =>
    list.flatMap(({ line, target }) => {
      const problem = problemOf(path, target);
      return problem === undefined ? [] : [`${path}:${line}: imports ${target}, ${problem}`];
    })
  );
}

/** The imports of a file that lead back to it by the shortest way; empty without a circle. */
function circleOf(path: string): { path: string; line: number }[] {
  const visited = new Set<string>();
  let ways = [{ at: path, way: [] as { path: string; line: number }[] }];
  while (ways.length > 0) {
    const longer = [];
    for (const { at, way } of ways) {
      for (const { line, target } of imports.get(at) ?? []) {
        const next = [...way, { path: at, line }];
        if (target === path) return next;
        if (!visited.has(target)) longer.push({ at: target, way: next });
        visited.add(target);
      }
    }
    ways = longer;
  }
  return [];
}

Deno.test("the imports of each module are found", () => {
  const load = "import"; // so that these lines are not taken for imports of this file
  const text = [
    'import { a } from "./a.ts";',
    'import type { b } from "../b.ts";',
    'import c, { type d } from "node:c";',
    "export {",
    "  e,",
    '} from "./e.ts";',
    'export * as f from "./f.ts";',
    'import "./g.ts";',
    `const h = await ${load}("./h.ts");`,
    ' * import { i } from "./i.ts";',
    `  // const j = ${load}("./j.ts");`,
    `type K = ${load}("./k.ts").K;`,
  ].join("\n");
  const found = readImports("src/x/y.ts", text).map(({ line, target }) => `${line} ${target}`);
  const expected = [
    ...["1 src/x/a.ts", "2 src/b.ts", "3 node:c", "6 src/x/e.ts", "7 src/x/f.ts", "8 src/x/g.ts"],
    ...["9 src/x/h.ts", "12 src/x/k.ts"],
  ];
  assert(found.join() === expected.join(), found.join());
  assert([...imports.values()].flat().length > 500);
});

Deno.test("no module imports itself by way of others", () => {
  const circles = new Map<string, string>();
  for (const path of imports.keys()) {
    const circle = circleOf(path);
    if (circle.length === 0) continue;
    const members = circle.map(({ path }) => path);
    const way = [...members, path].join(" -> ");
    const key = members.toSorted().join();
    if (!circles.has(key)) circles.set(key, `${path}:${circle[0]!.line}: circle ${way}`);
  }
  assertNone([...circles.values()]);
});

Deno.test("imports point downwards", () => {
  const unknown = [...imports.keys()].filter((path) => layerOf(path) < 0)
    .map((path) => `${path}:1: is in no layer; add its folder to LAYERS`);
  const upward = importProblems((path, target) =>
    layerOf(target) > layerOf(path) && layerOf(path) >= 0
      ? `which is in a higher layer: ${LAYERS[layerOf(target)]} is above ${LAYERS[layerOf(path)]}`
      : undefined
  );
  assertNone([...unknown, ...upward]);
});

Deno.test("the command imports the library through mod.ts", () => {
  assertNone(
    importProblems((path, target) =>
      (isIn(path, "cli") || path === "cli.ts") && layerOf(target) >= 0 &&
        layerOf(target) < LAYERS.indexOf(LIBRARY)
        ? `not ${LIBRARY}`
        : undefined
    ),
  );
});

Deno.test("files lie in the folders of what they are about", () => {
  assertNone(
    Object.entries(TOP_FILES).flatMap(([folder, expected]) => {
      const entries = [...Deno.readDirSync(ROOT + folder)];
      const found = entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
      return [
        ...found.filter((name) => !expected.includes(name))
          .map((name) => `${folder}/${name}:1: lies directly in ${folder}/; move it into a folder`),
        ...expected.filter((name) => !found.includes(name))
          .map((name) => `${folder}/${name}:1: does not exist`),
      ];
    }),
  );
});

Deno.test("files of ffi/, src/ and cli/ hold one idea on a few screens", () => {
  const codeLines = (text: string) =>
    text.split("\n").filter((line) => !/^\s*(?:\/\*\*|\*|\/\/|$)/.test(line)).length;
  assertNone(
    [...files].filter(([path]) => /^(?:ffi|src|cli)\/.*\.ts$/.test(path))
      .filter(([, text]) => codeLines(text) > MAX_CODE_LINES)
      .map(([path, text]) => `${path}:1: has ${codeLines(text)} lines of code; split it`),
  );
});

Deno.test("comments, messages and pages avoid phrases that readers stumble over", () => {
  // a phrase can go on in the next line of a comment or of a text
  const phrases = BANNED_PHRASES.map((phrase) =>
    phrase.split(" ").map((word) => word.replace(/\W/g, "\\$&")).join("[\\s*/\"'`+]+")
  );
  const pattern = new RegExp(`(?<!\\w)(?:${phrases.join("|")})(?!\\w)`, "gi");
  assertNone(
    [...files].filter(([path]) => path !== "tests/house_test.ts").flatMap(([path, text]) =>
      [...text.matchAll(pattern)].map(({ 0: phrase, index }) =>
        `${path}:${lineAt(text, index)}: "${phrase.replace(/\s+/g, " ")}"`
      )
    ),
  );
});

/** Lists the uses of the console in some modules, but for the one that prints; those in examples are left out. */
function consoleUses(paths: RegExp, printer: string): string[] {
  return [...files].filter(([path]) => paths.test(path) && path !== printer)
    .flatMap(([path, text]) =>
      [...text.matchAll(/^(?! *\*).*\bconsole\./gm)].map(({ index }) =>
        `${path}:${lineAt(text, index)}: uses console; print with ${printer}`
      )
    );
}

Deno.test("the command prints through cli/terminal, which removes control characters", () => {
  assertNone(consoleUses(/^cli(?:\/.*)?\.ts$/, "cli/terminal/print.ts"));
});

Deno.test("the library prints nothing itself", () => {
  assertNone(consoleUses(/^(?:src|ffi)\/.*\.ts$|^mod\.ts$/, "src/util/report_error.ts"));
});

Deno.test("libraries from npm have exact versions, and those of the server are locked", () => {
  const lock: { npm: Record<string, unknown> } = JSON.parse(
    Deno.readTextFileSync(ROOT + "deno.lock"),
  );
  const libraries = [...files].filter(([path]) => /\.[tj]s$/.test(path)).flatMap(([path, text]) =>
    [...text.matchAll(/"npm:((?:@[\w.-]+\/)?[\w.-]+)@?([^"/]*)[^"]*"/g)].map((
      { 1: name, 2: version, index },
    ) => ({ path, line: lineAt(text, index), name: name!, version: version! }))
  );
  assert(libraries.length > 10);
  assertNone(
    libraries.flatMap(({ path, line, name, version }) => {
      if (!/^\d+\.\d+\.\d+$/.test(version)) {
        return [`${path}:${line}: ${name} has no exact version`];
      }
      const isLocked = !isIn(path, "cli/server") || `${name}@${version}` in lock.npm;
      return isLocked ? [] : [`${path}:${line}: ${name}@${version} is not in deno.lock`];
    }),
  );
});
