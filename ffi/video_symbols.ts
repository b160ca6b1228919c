/**
 * The symbols of libgstvideo-1.0 in use, each with its C declaration.
 *
 * @module
 */
export const videoSymbols = {
  // gboolean gst_video_info_from_caps (GstVideoInfo *info, const GstCaps *caps)
  gst_video_info_from_caps: { parameters: ["buffer", "pointer"], result: "i32" },
  // GstVideoMeta * gst_buffer_get_video_meta (GstBuffer *buffer)                           [none]
  gst_buffer_get_video_meta: { parameters: ["pointer"], result: "pointer" },
  // GstEvent * gst_video_event_new_upstream_force_key_unit (GstClockTime running_time, gboolean all_headers, guint count)  [full]
  gst_video_event_new_upstream_force_key_unit: {
    parameters: ["u64", "i32", "u32"],
    result: "pointer",
  },
} as const satisfies Deno.ForeignLibraryInterface;
