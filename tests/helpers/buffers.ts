/**
 * Buffers with the memory layouts of devices, pushed into an appsrc.
 *
 * @module
 */
import { cString } from "../../ffi/cstring.ts";
import { gst, gstApp } from "../../ffi/gst.ts";
import type { Pipeline } from "../../mod.ts";

const FORMAT_GRAY8 = 25;

/** Opens a library while a function runs. */
function withLibrary<S extends Deno.ForeignLibraryInterface, T>(
  name: string,
  symbols: S,
  use: (symbols: Deno.DynamicLibrary<S>["symbols"]) => T,
): T {
  const library = Deno.dlopen(name, symbols);
  try {
    return use(library.symbols);
  } finally {
    library.close();
  }
}

/** Pushes a buffer; the pipeline takes its reference. */
function push(pipeline: Pipeline, appsrc: string, buffer: Deno.PointerValue): void {
  gstApp().gst_app_src_push_buffer(pipeline.element(appsrc).unsafeHandle, buffer);
}

/** Pushes a GRAY8 frame whose GstVideoMeta has an offset and a stride, for padded lines. */
export function pushPadded(
  pipeline: Pipeline,
  appsrc: string,
  bytes: Uint8Array<ArrayBuffer>,
  { width, height, offset, stride }: Record<"width" | "height" | "offset" | "stride", number>,
): void {
  const buffer = gst().gst_buffer_new_memdup(bytes, BigInt(bytes.length));
  withLibrary("libgstvideo-1.0.so.0", {
    gst_buffer_add_video_meta_full: {
      parameters: ["pointer", "i32", "i32", "u32", "u32", "u32", "buffer", "buffer"],
      result: "pointer",
    },
  }, (video) => {
    const offsets = new BigUint64Array([BigInt(offset), 0n, 0n, 0n]);
    const strides = new Int32Array([stride, 0, 0, 0]);
    video.gst_buffer_add_video_meta_full(
      ...[buffer, 0, FORMAT_GRAY8, width, height, 1, offsets, strides] as const,
    );
  });
  push(pipeline, appsrc, buffer);
}

/** Pushes a buffer whose memory cannot be mapped. */
export function pushUnreadable(pipeline: Pipeline, appsrc: string, size: number): void {
  const fd = withLibrary("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
  }, ({ open }) => open(cString("/dev/null"), 0));
  withLibrary("libgstallocators-1.0.so.0", {
    gst_fd_allocator_new: { parameters: [], result: "pointer" },
    gst_fd_allocator_alloc: { parameters: ["pointer", "i32", "usize", "u32"], result: "pointer" },
    gst_buffer_new: { parameters: [], result: "pointer" },
    gst_buffer_append_memory: { parameters: ["pointer", "pointer"], result: "void" },
  }, (allocators) => {
    const allocator = allocators.gst_fd_allocator_new();
    const memory = allocators.gst_fd_allocator_alloc(allocator, fd, BigInt(size), 0);
    const buffer = allocators.gst_buffer_new();
    allocators.gst_buffer_append_memory(buffer, memory);
    gst().gst_object_unref(allocator);
    push(pipeline, appsrc, buffer);
  });
}
