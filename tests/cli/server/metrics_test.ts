/**
 * The metrics of the server.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { metricsText } from "../../../cli/server/metrics.ts";
import { statusOf } from "../../helpers/record_status.ts";

Deno.test("metricsText() follows Prometheus's format for any name of a tee", () => {
  const server = { removedClips: 3, eventClients: 1, droppedClients: 0 };
  const text = metricsText(statusOf('a"b\\c\nd'), server);
  const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  const label = `${name}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
  const line = new RegExp(
    `^(?:# HELP ${name} .+|# TYPE ${name} (?:gauge|counter)|${name}(?:\\{${label}\\})? [0-9.e+]+)$`,
  );
  const lines = text.split("\n");
  assertEquals(lines.pop(), "");
  for (const one of lines) assertMatch(one, line);
  const names = lines.filter((one) => one.startsWith("# TYPE")).map((one) => one.split(" ")[2]!);
  assertEquals(names.length, new Set(names).size);
  for (const counter of names.filter((one) => one.endsWith("_total"))) {
    assert(text.includes(`# TYPE ${counter} counter\n`));
  }
  assert(text.includes('gstp_clips_failed_total{tee="a\\"b\\\\c\\nd"} 2\n'), text);
  assert(text.includes("gstp_clips_removed_total 3\n"));
  // what is not known has no value
  assertEquals(/^gstp_disk_free_bytes /m.test(text), false);
});
