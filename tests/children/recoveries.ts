/**
 * Recovers the clips of a folder, prints how many, and shuts GStreamer down, so that its leak tracer lists the objects
 * that are alive.
 *
 *     deno run -A recoveries.ts FOLDER
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { recoverClips } from "../../mod.ts";

const { recovered, left } = await recoverClips(Deno.args[0]!);
console.log(recovered.length, left.length);
gst().gst_deinit();
