/**
 * Counting of live GStreamer objects, by GStreamer's leak tracer.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";
import { libraryNames } from "../../ffi/library.ts";

const SYMBOLS = {
  // GList * gst_tracing_get_active_tracers (void)                                            [full]
  gst_tracing_get_active_tracers: { parameters: [], result: "pointer" },
  // void g_signal_emit_by_name (gpointer instance, const gchar *detailed_signal, ...)
  g_signal_emit_by_name: { parameters: ["pointer", "buffer"], result: "void" },
} as const;

/**
 * Returns a function that counts the live objects. The process needs the environment of leakTracer() (GStreamer: Core
 * tracers, "leaks", signal `log-live-objects`).
 *
 * @throws {Error} If no tracer is active.
 */
export function liveObjectCounter(): () => number {
  gst();
  const log = Deno.env.get("GST_DEBUG_FILE")!;
  const { symbols } = Deno.dlopen(libraryNames("gstreamer-1.0")[0]!, SYMBOLS);
  const list = symbols.gst_tracing_get_active_tracers();
  if (list === null) throw new Error("No tracer is active");
  const tracer = new Deno.UnsafePointerView(list).getPointer(0);
  return () => {
    const before = Deno.statSync(log).size;
    symbols.g_signal_emit_by_name(tracer, cString("log-live-objects"));
    const lines = Deno.readTextFileSync(log).slice(before).split("\n");
    return lines.filter((line) => line.includes("object-alive, type-name=")).length;
  };
}
