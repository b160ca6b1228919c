/**
 * Plays a pipeline through mod.ts.
 *
 *     deno run -A play.ts 'videotestsrc ! fakesink'
 *
 * @module
 */
import { Standalone } from "../../mod.ts";

await Standalone.buildAndRun(Deno.args[0]!);
