import { assertEquals } from "@std/assert";
import { closestName, didYouMean } from "../../src/util/closest.ts";

Deno.test("closestName() finds the name with the fewest wrong letters", () => {
  const names = ["record", "recover", "verify", "graph", "v"];
  const cases: [name: string, closest: string | undefined][] = [
    ["recrod", "record"],
    ["recor", "record"],
    ["recovr", "recover"],
    ["RECORD", "record"],
    ["verfiy", "verify"],
    ["grpah", "graph"],
    ["graphs", "graph"],
    ["play", undefined],
    ["w", undefined],
    ["", undefined],
    ["rd", undefined],
  ];
  for (const [name, closest] of cases) assertEquals(closestName(name, names), closest, name);
  assertEquals(closestName("record", []), undefined);
});

Deno.test("didYouMean() asks, or is empty", () => {
  assertEquals(didYouMean("tiemout", ["timeout"], "--"), ". Did you mean --timeout?");
  assertEquals(didYouMean("x", ["timeout"]), "");
});
