/**
 * Results that callers share.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { Cached } from "../../../cli/record/cached.ts";

Deno.test("Cached does its work once for concurrent callers, and keeps no failure", async () => {
  let runs = 0;
  const shared = new Cached(() => Promise.resolve(++runs), 60_000);
  assertEquals(await Promise.all([shared.get(), shared.get()]), [1, 1]);
  assertEquals(await shared.get(), 1);
  shared.invalidate();
  assertEquals(await shared.get(), 2);

  const failing = new Cached(() => Promise.reject(new Error(`failure ${++runs}`)), 60_000);
  await Promise.all([failing.get(), failing.get()].map((one) => assertRejects(() => one)));
  await assertRejects(() => failing.get(), Error, "failure 4");
});

Deno.test("Cached.invalidate() leaves work under way to earlier callers", async () => {
  const first = Promise.withResolvers<string>();
  const results = [first.promise, Promise.resolve("second")];
  const shared = new Cached(() => results.shift()!, 60_000);
  const early = shared.get();
  shared.invalidate();
  const late = shared.get();
  first.resolve("first");
  assertEquals(await Promise.all([early, late, shared.get()]), ["first", "second", "second"]);
});
