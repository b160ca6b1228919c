/**
 * The limit on calls.
 */
import { assertEquals } from "@std/assert";
import { RateLimit } from "../../../cli/server/rate_limit.ts";
import { serve } from "../../helpers/record_server.ts";
import { tempDir } from "../../helpers/temp_dir.ts";

Deno.test("RateLimit admits so many calls a minute, at once or one after another", () => {
  const limit = new RateLimit(4, 0);
  const takeAll = (times: number[]) => times.map((ms) => limit.take(ms));
  assertEquals(takeAll([0, 0, 0, 0, 0, 10_000, 14_999]), [0, 0, 0, 0, 15, 5, 1]);
  assertEquals(takeAll([15_000, 15_001, 30_001, 30_001]), [0, 15, 0, 15]);
  // a long rest admits no more than four at once
  assertEquals(takeAll([900_000, 900_000, 900_000, 900_000, 900_000]), [0, 0, 0, 0, 15]);
});

Deno.test("POST /record answers 429 beyond --max-calls, and records nothing for that", async () => {
  await using dir = await tempDir();
  await using server = await serve(dir.path, ["--max-calls=3"]);
  const post = async () => {
    const response = await fetch(`${server.url}/record`, { method: "POST" });
    const { clips = [], error } = await response.json();
    return { status: response.status, clips, error, after: response.headers.get("retry-after") };
  };
  for (let call = 1; call <= 3; call++) {
    const { status, after } = await post();
    assertEquals([status, after], [202, null]);
  }
  const { status, clips, error, after } = await post();
  assertEquals([status, clips], [429, []]);
  assertEquals(error, "At most 3 calls a minute are accepted (--max-calls)");
  assertEquals(Number(after) >= 1 && Number(after) <= 20, true, `${after}`);
});
