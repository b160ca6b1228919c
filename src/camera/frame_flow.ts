/**
 * Whether frames flow.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { listSinks } from "../gst/bin.ts";
import { hasProperty, readStructureProperty } from "../gst/properties.ts";
import { readUint64 } from "../gst/structure.ts";
import type { Pipeline } from "../pipeline.ts";

/** How frames have flowed at a look. */
export interface FlowState {
  /** Whether any frame has come at all. */
  hasBegun: boolean;
  /** Seconds since a look that has seen a further frame, or since the first look. */
  stillSec: number;
}

/**
 * Follows a count of frames: pure logic.
 *
 * @example
 * ```ts
 * import { FrameFlow } from "./frame_flow.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const flow = new FrameFlow(0);
 * assertEquals(flow.look(0, 1000), { hasBegun: false, stillSec: 1 });
 * assertEquals(flow.look(5, 2000), { hasBegun: true, stillSec: 0 });
 * assertEquals(flow.look(5, 4000), { hasBegun: true, stillSec: 2 });
 * ```
 */
export class FrameFlow {
  #count = 0;
  #movedMs: number;

  /**
   * Begins without a frame.
   *
   * @param nowMs An instant in milliseconds.
   */
  constructor(nowMs: number) {
    this.#movedMs = nowMs;
  }

  /** Looks at the number of frames that have come. */
  look(count: number, nowMs: number): FlowState {
    if (count !== this.#count) {
      this.#count = count;
      this.#movedMs = nowMs;
    }
    return { hasBegun: this.#count > 0, stillSec: (nowMs - this.#movedMs) / 1000 };
  }
}

/**
 * Counts the buffers that have reached the sinks of a pipeline, without those within bins: a source of network streams has
 * sinks of its own there, for what it sends (GStreamer: Core Library, "GstBaseSink", property stats).
 */
export function countAtSinks(pipeline: Pipeline): number {
  return listSinks(pipeline.unsafeHandle).reduce((sum, sink) => {
    const count = hasProperty(sink, "stats")
      ? readStructureProperty(sink, "stats", countIn) ?? 0
      : 0;
    gst().gst_object_unref(sink);
    return sum + count;
  }, 0);
}

function countIn(stats: Deno.PointerObject): number {
  const [rendered, dropped] = ["rendered", "dropped"].map((field) =>
    readUint64(stats, field) ?? 0n
  );
  return Number(rendered! + dropped!);
}
