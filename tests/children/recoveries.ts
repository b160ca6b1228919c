/**
 * Recovers the clips of a folder, tells how many, and lets GStreamer go, so that its leak tracer lists what is left:
 * `recoveries.ts FOLDER`.
 */
import { gst } from "../../ffi/gst.ts";
import { recoverClips } from "../../mod.ts";

const { recovered, left } = await recoverClips(Deno.args[0]!);
console.log(recovered.length, left.length);
gst().gst_deinit();
