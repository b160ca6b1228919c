/**
 * A stand-in for the part of `@std/assert` that the tests use, for networks without JSR. It compares like `node:assert`,
 * which is never looser than the original.
 *
 * @module
 */
import nodeAssert from "node:assert";

/** The error of a failed assertion. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

// deno-lint-ignore no-explicit-any -- any class at all
type AnyClass<T = any> = abstract new (...args: any[]) => T;

function show(value: unknown): string {
  return typeof value === "function" ? value.name : Deno.inspect(value);
}

/** Throws an {@linkcode AssertionError}. */
export function fail(msg?: string): never {
  throw new AssertionError(withReason("Failed assertion", msg));
}

/** Throws an {@linkcode AssertionError}, as this call must not be reached. */
export function unreachable(reason?: string): never {
  throw new AssertionError(withReason("Unreachable", reason));
}

function withReason(message: string, reason?: string): string {
  return reason ? `${message}: ${reason}` : `${message}.`;
}

function check(holds: boolean, message: string, reason?: string): asserts holds {
  if (!holds) throw new AssertionError(withReason(message, reason));
}

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Asserts that `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is false {
  if (expr) throw new AssertionError(msg);
}

/** Asserts that both values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  try {
    nodeAssert.deepStrictEqual(actual, expected);
  } catch (error) {
    if (!(error instanceof nodeAssert.AssertionError)) throw error;
    throw new AssertionError(withReason("Values are not equal", msg) + "\n" + error.message);
  }
}

/** Asserts that the values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  try {
    nodeAssert.notDeepStrictEqual(actual, expected);
  } catch (error) {
    if (!(error instanceof nodeAssert.AssertionError)) throw error;
    throw new AssertionError(
      withReason(`Expected anything but ${show(expected)}`, msg),
    );
  }
}

/** Asserts that both are the same value. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  check(
    Object.is(actual, expected),
    `Values are not strictly equal: ${show(actual)}, expected ${show(expected)}`,
    msg,
  );
}

/** Asserts that a value is neither `undefined` nor `null`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  check(
    actual !== undefined && actual !== null,
    `Expected a value, got ${show(actual)}`,
    msg,
  );
}

/** Asserts that a value is an instance of a class. */
export function assertInstanceOf<T extends AnyClass>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  check(
    actual instanceof expectedType,
    `Expected an instance of ${expectedType.name}, got ${show(actual)}`,
    msg,
  );
}

/** Asserts that a text matches a regular expression. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  check(expected.test(actual), `Expected ${show(actual)} to match ${expected}`, msg);
}

/** Asserts that a text contains another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  check(actual.includes(expected), `Expected ${show(actual)} to contain ${show(expected)}`, msg);
}

/** Asserts that two numbers differ by at most `tolerance`. Defaults to 1e-7 of the expected one. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected) * 1e-7 : 1e-7);
  check(
    Object.is(actual, expected) || Math.abs(actual - expected) <= allowed,
    `Expected ${actual} to be within ${allowed} of ${expected}`,
    msg,
  );
}

/** Asserts `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  check(actual > expected, `Expected ${show(actual)} > ${show(expected)}`, msg);
}

/** Asserts `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  check(actual >= expected, `Expected ${show(actual)} >= ${show(expected)}`, msg);
}

/** Asserts `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  check(actual < expected, `Expected ${show(actual)} < ${show(expected)}`, msg);
}

/** Asserts `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  check(actual <= expected, `Expected ${show(actual)} <= ${show(expected)}`, msg);
}

/** The arguments after the function: `(msg?)` or `(ErrorClass, msgIncludes?, msg?)`. */
type Expectation = [first?: AnyClass<Error> | string, msgIncludes?: string, msg?: string];

function verify(
  thrown: { error: unknown } | undefined,
  message: string,
  [first, msgIncludes, msg]: Expectation,
): unknown {
  if (first === undefined || typeof first === "string") {
    check(thrown !== undefined, message, first);
    return thrown.error;
  }
  check(thrown !== undefined, message, msg);
  assertInstanceOf(thrown.error, first, msg);
  if (msgIncludes !== undefined) assertStringIncludes(thrown.error.message, msgIncludes, msg);
  return thrown.error;
}

/** Asserts that `fn` throws, and returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that `fn` throws an error of a class, and returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: AnyClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(fn: () => unknown, ...expectation: Expectation): unknown {
  let thrown: { error: unknown } | undefined;
  try {
    fn();
  } catch (error) {
    thrown = { error };
  }
  return verify(thrown, "Expected function to throw", expectation);
}

/** Asserts that the promise of `fn` rejects, and resolves to its reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Asserts that the promise of `fn` rejects with an error of a class, and resolves to it. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: AnyClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...expectation: Expectation
): Promise<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    // a synchronous throw is a mistake: there is no promise that could reject
    throw new AssertionError("Function throws when expected to reject.", { cause: error });
  }
  let thrown: { error: unknown } | undefined;
  try {
    await promise;
  } catch (error) {
    thrown = { error };
  }
  return verify(thrown, "Expected function to reject", expectation);
}
