/**
 * The modules that use packages from npm: each is loaded when it is first needed, so that all else works without them.
 *
 * @module
 */

/** A module that is loaded when it is first needed. */
export interface LazyModule {
  /** What needs it, as users type it. */
  readonly neededBy: string;
  /** Its URL: Deno downloads the packages of a module that is named in an import expression for every command. */
  readonly url: string;
  /** The packages that it uses, as it imports them. */
  readonly packages: readonly string[];
}

/** All such modules. */
export const LAZY_MODULES = {
  server: {
    neededBy: "gstp record --listen",
    url: import.meta.resolve("../server/server.ts"),
    packages: ["npm:hono@4.13.19", "npm:range-parser@2.0.0", "npm:valibot@1.5.0"],
  },
  svg: {
    neededBy: "gstp graph",
    url: import.meta.resolve("../graph/svg.ts"),
    packages: ["npm:@viz-js/viz@3.31.0"],
  },
} as const satisfies Readonly<Record<string, LazyModule>>;

/** What to do where a package cannot be fetched. */
export const SETUP_HINT = "Run `gstp setup` once with a network";

/**
 * Loads a module, of type `T`.
 *
 * @throws {Deno.errors.NotCapable} If the module may not be read or fetched.
 * @throws {Error} If a package cannot be fetched.
 */
export async function loadLazyModule<T>({ neededBy, url }: LazyModule): Promise<T> {
  try {
    return await import(url);
  } catch (cause) {
    const reason = summarize((cause as Error).message);
    if (reason.includes("--allow-")) throw new Deno.errors.NotCapable(reason);
    throw new Error(`Cannot load the libraries for ${neededBy}: ${reason}`, { cause });
  }
}

/** Returns the first line of a message of Deno, with the last of the numbered causes below it. */
function summarize(message: string): string {
  const [first = "", ...more] = message.split("\n");
  const causes = more.flatMap((line) => /^ *\d+: (.*)$/.exec(line)?.[1] ?? []);
  return [first, ...causes.slice(-1)].join(": ");
}
