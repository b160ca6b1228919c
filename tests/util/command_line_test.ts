import { assertEquals } from "@std/assert";
import { commandOf } from "../../src/util/command_line.ts";

Deno.test("commandOf() returns the words that the user has typed", () => {
  const cli = "file:///home/me/gstp/cli.ts";
  const config = "/home/me/.deno/bin/.gstp/deno.json";
  const url = "https://example.org/gstp/cli.ts";
  const cases: [mainModule: string, cwd: string, words: string[], expected: string][] = [
    [cli, "/home/me/gstp", ["deno", "run", "-A", "cli.ts"], "deno run -A cli.ts"],
    [cli, "/home/me", ["deno", "run", "-P=run", "gstp/cli.ts"], "deno run -A gstp/cli.ts"],
    [cli, "/home", ["deno", "run", "-A", "my gstp/cli.ts"], "deno run -A 'my gstp/cli.ts'"],
    // what `deno install` writes
    [cli, "/home/me/gstp", ["deno", "run", "--allow-all", "--config", config, cli], "gstp"],
    [url, "/home/me", ["deno", "run", "--allow-all", "--no-config", url], "gstp"],
    [url, "/home/me", ["deno", "run", "-A", url], `deno run -A ${url}`],
    // without the permission to read the words
    [cli, "/home/me/gstp", [], "deno run -A cli.ts"],
    [cli, "/home/me", [], "deno run -A gstp/cli.ts"],
    [cli, "/", [], "deno run -A home/me/gstp/cli.ts"],
    [cli, "/tmp", [], "gstp"],
    // a script that uses the library
    ["file:///home/me/script.ts", "/home/me", ["deno", "run", "-A", "script.ts"], "gstp"],
  ];
  for (const [mainModule, cwd, words, expected] of cases) {
    assertEquals(commandOf({ mainModule, cwd, words }), expected, words.join(" "));
  }
});
