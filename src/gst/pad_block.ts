/**
 * Blocking of pads.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { gst } from "../../ffi/gst.ts";
import { ENUMS } from "../../ffi/layout.ts";
import { factoryName, listElements } from "./bin.ts";

/** A blocking probe needs no callback: without one, the pad stays blocked until the probe is removed. */
const BLOCK_BUFFERS = ENUMS.GST_PAD_PROBE_TYPE_BLOCK | ENUMS.GST_PAD_PROBE_TYPE_BUFFER |
  ENUMS.GST_PAD_PROBE_TYPE_BUFFER_LIST;

/**
 * Blocks the sink pads of all tees in a bin: buffers wait in front of them.
 *
 * @returns A function that unblocks them. It may be called twice, also after the bin is freed.
 */
export function blockTees(bin: Deno.PointerObject): () => void {
  // owns a reference to each pad until it is unblocked
  const blocks: { pad: Deno.PointerObject; probe: bigint }[] = [];
  for (const element of listElements(bin)) {
    const isTee = factoryName(element) === "tee";
    const pad = isTee ? gst().gst_element_get_static_pad(element, cString("sink")) : null;
    gst().gst_object_unref(element);
    if (pad === null) continue;
    blocks.push({ pad, probe: gst().gst_pad_add_probe(pad, BLOCK_BUFFERS, null, null, null) });
  }
  return () => {
    for (const { pad, probe } of blocks.splice(0)) {
      gst().gst_pad_remove_probe(pad, probe);
      gst().gst_object_unref(pad);
    }
  };
}
