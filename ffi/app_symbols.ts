/**
 * The symbols of libgstapp-1.0 in use, each with its C declaration.
 *
 * @module
 */
export const appSymbols = {
  // GType gst_app_sink_get_type (void)
  gst_app_sink_get_type: { parameters: [], result: "usize" },
  // GstSample * gst_app_sink_try_pull_sample (GstAppSink *appsink, GstClockTime timeout)   [full]
  gst_app_sink_try_pull_sample: { parameters: ["pointer", "u64"], result: "pointer" },
  // gboolean gst_app_sink_is_eos (GstAppSink *appsink)
  gst_app_sink_is_eos: { parameters: ["pointer"], result: "i32" },
  // void gst_app_sink_set_max_buffers (GstAppSink *appsink, guint max)
  gst_app_sink_set_max_buffers: { parameters: ["pointer", "u32"], result: "void" },
  // void gst_app_sink_set_max_time (GstAppSink *appsink, GstClockTime max)                 since 1.24
  gst_app_sink_set_max_time: { parameters: ["pointer", "u64"], result: "void", optional: true },

  // GType gst_app_src_get_type (void)
  gst_app_src_get_type: { parameters: [], result: "usize" },
  // GstFlowReturn gst_app_src_push_sample (GstAppSrc *appsrc, GstSample *sample)           takes no reference
  gst_app_src_push_sample: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstCaps * gst_app_src_get_caps (GstAppSrc *appsrc)                                     [full]
  gst_app_src_get_caps: { parameters: ["pointer"], result: "pointer" },
  // GstFlowReturn gst_app_src_push_buffer (GstAppSrc *appsrc, GstBuffer *buffer)           takes the buffer
  gst_app_src_push_buffer: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstFlowReturn gst_app_src_end_of_stream (GstAppSrc *appsrc)
  gst_app_src_end_of_stream: { parameters: ["pointer"], result: "i32" },
  // guint64 gst_app_src_get_current_level_buffers (GstAppSrc *appsrc)                      since 1.20
  gst_app_src_get_current_level_buffers: { parameters: ["pointer"], result: "u64" },
} as const satisfies Deno.ForeignLibraryInterface;
