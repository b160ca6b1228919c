/**
 * Recovers the clips of a folder, prints how many were recovered and left, and deinitializes GStreamer, so that its leak
 * tracer lists what is alive: `recoveries.ts FOLDER`.
 */
import { gst } from "../../ffi/gst.ts";
import { recoverClips } from "../../mod.ts";

const { recovered, left } = await recoverClips(Deno.args[0]!);
console.log(recovered.length, left.length);
gst().gst_deinit();
