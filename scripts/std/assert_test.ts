import nodeAssert from "node:assert";
import {
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "./assert/mod.ts";

// node:assert checks the failures: the functions under test cannot check themselves
const fails = (fn: () => unknown, message: RegExp) =>
  nodeAssert.throws(fn, (error) => error instanceof AssertionError && message.test(error.message));
const failsLater = (fn: () => Promise<unknown>, message: RegExp) =>
  nodeAssert.rejects(fn, (error) => error instanceof AssertionError && message.test(error.message));

class OtherError extends Error {}

Deno.test("assertEquals() compares deeply, and shows the difference", () => {
  assertEquals({ a: [1, new Uint8Array([2])], b: new Map([["c", NaN]]) }, {
    a: [1, new Uint8Array([2])],
    b: new Map([["c", NaN]]),
  });
  fails(() => assertEquals<unknown>([1, 2], [1, "2"], "why"), /not equal: why\n[^]*'2'/);
  fails(() => assertEquals({ a: undefined }, {}), /not equal/);
  assertNotEquals<unknown>({ a: undefined }, {});
  fails(() => assertNotEquals([1], [1]), /anything but \[ 1 \]/);
});

Deno.test("assertAlmostEquals() allows the tolerance, and no more", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(100, 102, 2);
  assertAlmostEquals(Infinity, Infinity);
  fails(() => assertAlmostEquals(1, 1.001), /within/);
  fails(() => assertAlmostEquals(100, 102.1, 2, "late"), /within 2 of 102.1: late/);
  fails(() => assertAlmostEquals(NaN, 1, 10), /within/);
  fails(() => assertAlmostEquals(1, Infinity), /within/);
});

Deno.test("assertThrows() returns the error, and checks its class and message", () => {
  const error = new OtherError("disk is full");
  const fn = () => {
    throw error;
  };
  assertEquals(assertThrows(fn), error);
  assertEquals(assertThrows(fn, OtherError, "is full"), error);
  fails(() => assertThrows(fn, TypeError), /instance of TypeError/);
  fails(() => assertThrows(fn, OtherError, "is empty"), /to contain "is empty"/);
  fails(() => assertThrows(() => {}, OtherError, "is empty", "no disk"), /to throw: no disk/);
  fails(() => assertThrows(() => {}, "no disk"), /to throw: no disk/);
});

Deno.test("assertRejects() needs a rejected promise, not an exception", async () => {
  const error = new OtherError("disk is full");
  assertEquals(await assertRejects(() => Promise.reject(error)), error);
  assertEquals(await assertRejects(() => Promise.reject(error), OtherError, "full"), error);
  await failsLater(() => assertRejects(() => Promise.resolve(), "late"), /to reject: late/);
  await failsLater(() => assertRejects(() => Promise.reject(error), TypeError), /TypeError/);
  await failsLater(
    () =>
      assertRejects(() => {
        throw error;
      }, OtherError),
    /throws when expected to reject/,
  );
});
