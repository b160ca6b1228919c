/**
 * The symbols of libgstreamer-1.0 in use, each with its C declaration (GStreamer 1.20 or newer).
 *
 * `gboolean` is an `i32`, enums and flags are `i32` or `u32`, `GstClockTime` is a `u64` in nanoseconds. Brackets give the
 * transfer of the result. A name with the suffix `_async` is the same C function, called on Deno's thread pool, so that it
 * does not block the event loop.
 *
 * @module
 */
export const gstSymbols = {
  // gboolean gst_init_check (int *argc, char **argv[], GError **error)
  gst_init_check: { parameters: ["pointer", "pointer", "buffer"], result: "i32" },
  // void gst_deinit (void)
  gst_deinit: { parameters: [], result: "void" },

  // GstParseContext * gst_parse_context_new (void)                                         [full]
  gst_parse_context_new: { parameters: [], result: "pointer" },
  // gchar ** gst_parse_context_get_missing_elements (GstParseContext *context)             [full]
  gst_parse_context_get_missing_elements: { parameters: ["pointer"], result: "pointer" },
  // void gst_parse_context_free (GstParseContext *context)
  gst_parse_context_free: { parameters: ["pointer"], result: "void" },
  // GstElement * gst_parse_launch_full (const gchar *pipeline_description, GstParseContext *context,
  //                                     GstParseFlags flags, GError **error)               [floating]
  gst_parse_launch_full: {
    parameters: ["buffer", "pointer", "u32", "buffer"],
    result: "pointer",
  },
  // GstElement * gst_parse_bin_from_description_full (const gchar *bin_description, gboolean ghost_unlinked_pads,
  //     GstParseContext *context, GstParseFlags flags, GError **err)                       [floating]
  gst_parse_bin_from_description_full: {
    parameters: ["buffer", "i32", "pointer", "u32", "buffer"],
    result: "pointer",
  },

  // GType gst_object_get_type (void)
  gst_object_get_type: { parameters: [], result: "usize" },
  // gpointer gst_object_ref (gpointer object)                                              [full]
  gst_object_ref: { parameters: ["pointer"], result: "pointer" },
  // gpointer gst_object_ref_sink (gpointer object)                                         [full]
  gst_object_ref_sink: { parameters: ["pointer"], result: "pointer" },
  // void gst_object_unref (gpointer object)
  gst_object_unref: { parameters: ["pointer"], result: "void" },
  // gchar * gst_object_get_name (GstObject *object)                                        [full]
  gst_object_get_name: { parameters: ["pointer"], result: "pointer" },
  // gboolean gst_object_set_name (GstObject *object, const gchar *name)   NULL for a generated, unique name
  gst_object_set_name: { parameters: ["pointer", "pointer"], result: "i32" },
  // gchar * gst_object_get_path_string (GstObject *object)                                 [full]
  gst_object_get_path_string: { parameters: ["pointer"], result: "pointer" },
  // GstMiniObject * gst_mini_object_ref (GstMiniObject *mini_object)                        [full]
  gst_mini_object_ref: { parameters: ["pointer"], result: "pointer" },
  // GstMiniObject * gst_mini_object_copy (const GstMiniObject *mini_object)                 [full]
  gst_mini_object_copy: { parameters: ["pointer"], result: "pointer" },
  // void gst_mini_object_unref (GstMiniObject *mini_object)
  gst_mini_object_unref: { parameters: ["pointer"], result: "void" },

  // GType gst_pipeline_get_type (void)
  gst_pipeline_get_type: { parameters: [], result: "usize" },
  // GstElement * gst_pipeline_new (const gchar *name)                                      [floating]
  gst_pipeline_new: { parameters: ["buffer"], result: "pointer" },
  // GType gst_bin_get_type (void)
  gst_bin_get_type: { parameters: [], result: "usize" },
  // gboolean gst_bin_add (GstBin *bin, GstElement *element)          sinks a floating reference
  gst_bin_add: { parameters: ["pointer", "pointer"], result: "i32" },
  // gboolean gst_bin_remove (GstBin *bin, GstElement *element)       drops the bin's reference
  gst_bin_remove: { parameters: ["pointer", "pointer"], result: "i32" },
  // gboolean gst_bin_recalculate_latency (GstBin *bin)
  gst_bin_recalculate_latency_async: {
    name: "gst_bin_recalculate_latency",
    parameters: ["pointer"],
    result: "i32",
    nonblocking: true,
  },
  // GstElement * gst_bin_get_by_name (GstBin *bin, const gchar *name)                      [full]
  gst_bin_get_by_name: { parameters: ["pointer", "buffer"], result: "pointer" },
  // gchar * gst_debug_bin_to_dot_data (GstBin *bin, GstDebugGraphDetails details)          [full]
  gst_debug_bin_to_dot_data: { parameters: ["pointer", "i32"], result: "pointer" },
  // GstIterator * gst_bin_iterate_recurse (GstBin *bin)                                    [full]
  gst_bin_iterate_recurse: { parameters: ["pointer"], result: "pointer" },
  // GstIterator * gst_bin_iterate_sinks (GstBin *bin)                                      [full]
  gst_bin_iterate_sinks: { parameters: ["pointer"], result: "pointer" },
  // GstIterator * gst_bin_iterate_sources (GstBin *bin)                                    [full]
  gst_bin_iterate_sources: { parameters: ["pointer"], result: "pointer" },
  // GstIteratorResult gst_iterator_next (GstIterator *it, GValue *elem)
  gst_iterator_next: { parameters: ["pointer", "buffer"], result: "i32" },
  // void gst_iterator_resync (GstIterator *it)
  gst_iterator_resync: { parameters: ["pointer"], result: "void" },
  // void gst_iterator_free (GstIterator *it)
  gst_iterator_free: { parameters: ["pointer"], result: "void" },

  // GstElementFactory * gst_element_factory_find (const gchar *name)                       [full]
  gst_element_factory_find: { parameters: ["buffer"], result: "pointer" },
  // GType gst_element_factory_get_type (void)
  gst_element_factory_get_type: { parameters: [], result: "usize" },
  // GstElement * gst_element_factory_create (GstElementFactory *factory, const gchar *name)  [floating]
  gst_element_factory_create: { parameters: ["pointer", "pointer"], result: "pointer" },
  // const gchar * gst_element_factory_get_metadata (GstElementFactory *factory, const gchar *key)  [none]
  gst_element_factory_get_metadata: { parameters: ["pointer", "buffer"], result: "pointer" },
  // const GList * gst_element_factory_get_static_pad_templates (GstElementFactory *factory)  [none]
  gst_element_factory_get_static_pad_templates: { parameters: ["pointer"], result: "pointer" },
  // GstCaps * gst_static_pad_template_get_caps (GstStaticPadTemplate *templ)                [full]
  gst_static_pad_template_get_caps: { parameters: ["pointer"], result: "pointer" },
  // GstRegistry * gst_registry_get (void)                                                  [none]
  gst_registry_get: { parameters: [], result: "pointer" },
  // GList * gst_registry_get_feature_list (GstRegistry *registry, GType type)              [full]
  gst_registry_get_feature_list: { parameters: ["pointer", "usize"], result: "pointer" },
  // void gst_plugin_feature_list_free (GList *list)
  gst_plugin_feature_list_free: { parameters: ["pointer"], result: "void" },
  // guint gst_plugin_feature_get_rank (GstPluginFeature *feature)
  gst_plugin_feature_get_rank: { parameters: ["pointer"], result: "u32" },
  // void gst_plugin_feature_set_rank (GstPluginFeature *feature, guint rank)
  gst_plugin_feature_set_rank: { parameters: ["pointer", "u32"], result: "void" },
  // const gchar * gst_plugin_feature_get_plugin_name (GstPluginFeature *feature)           [none]
  gst_plugin_feature_get_plugin_name: { parameters: ["pointer"], result: "pointer" },
  // GstPlugin * gst_plugin_feature_get_plugin (GstPluginFeature *feature)                  [full]
  gst_plugin_feature_get_plugin: { parameters: ["pointer"], result: "pointer" },
  // const gchar * gst_plugin_get_filename (GstPlugin *plugin)                              [none]
  gst_plugin_get_filename: { parameters: ["pointer"], result: "pointer" },
  // const gchar * gst_plugin_get_version (GstPlugin *plugin)                               [none]
  gst_plugin_get_version: { parameters: ["pointer"], result: "pointer" },
  // GstElement * gst_element_factory_make (const gchar *factoryname, const gchar *name)     [floating]
  gst_element_factory_make: { parameters: ["buffer", "buffer"], result: "pointer" },
  // GstElementFactory * gst_element_get_factory (GstElement *element)                      [none]
  gst_element_get_factory: { parameters: ["pointer"], result: "pointer" },
  // GstStateChangeReturn gst_element_set_state (GstElement *element, GstState state)
  gst_element_set_state: { parameters: ["pointer", "i32"], result: "i32" },
  gst_element_set_state_async: {
    name: "gst_element_set_state",
    parameters: ["pointer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // GstStateChangeReturn gst_element_get_state (GstElement *element, GstState *state, GstState *pending,
  //                                             GstClockTime timeout)
  gst_element_get_state: { parameters: ["pointer", "buffer", "buffer", "u64"], result: "i32" },
  // gboolean gst_element_set_locked_state (GstElement *element, gboolean locked_state)
  gst_element_set_locked_state: { parameters: ["pointer", "i32"], result: "i32" },
  // gboolean gst_element_sync_state_with_parent (GstElement *element)
  gst_element_sync_state_with_parent: { parameters: ["pointer"], result: "i32" },
  // GstBus * gst_element_get_bus (GstElement *element)                                     [full]
  gst_element_get_bus: { parameters: ["pointer"], result: "pointer" },
  // void gst_element_set_bus (GstElement *element, GstBus *bus)
  gst_element_set_bus: { parameters: ["pointer", "pointer"], result: "void" },
  // GstPad * gst_element_get_static_pad (GstElement *element, const gchar *name)           [full]
  gst_element_get_static_pad: { parameters: ["pointer", "buffer"], result: "pointer" },
  // GstIterator * gst_element_iterate_src_pads (GstElement *element)                       [full]
  gst_element_iterate_src_pads: { parameters: ["pointer"], result: "pointer" },
  // GstPad * gst_element_request_pad_simple (GstElement *element, const gchar *name)       [full]
  gst_element_request_pad_simple: { parameters: ["pointer", "buffer"], result: "pointer" },
  // void gst_element_release_request_pad (GstElement *element, GstPad *pad)
  gst_element_release_request_pad: { parameters: ["pointer", "pointer"], result: "void" },
  // gboolean gst_element_send_event (GstElement *element, GstEvent *event)    takes the event
  gst_element_send_event_async: {
    name: "gst_element_send_event",
    parameters: ["pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  // gboolean gst_element_query_position (GstElement *element, GstFormat format, gint64 *cur)
  gst_element_query_position: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  // gboolean gst_element_query_duration (GstElement *element, GstFormat format, gint64 *duration)
  gst_element_query_duration: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  // GstClockTime gst_element_get_current_running_time (GstElement *element)
  gst_element_get_current_running_time: { parameters: ["pointer"], result: "u64" },
  // GstClockTime gst_element_get_start_time (GstElement *element)
  gst_element_get_start_time: { parameters: ["pointer"], result: "u64" },
  // gulong gst_element_add_property_deep_notify_watch (GstElement *element, const gchar *property_name,
  //                                                    gboolean include_value)
  gst_element_add_property_deep_notify_watch: {
    parameters: ["pointer", "pointer", "i32"],
    result: "usize",
  },

  // GstObject * gst_object_get_parent (GstObject *object)                                  [full]
  gst_object_get_parent: { parameters: ["pointer"], result: "pointer" },
  // GstCaps * gst_pad_get_current_caps (GstPad *pad)                                       [full]
  gst_pad_get_current_caps: { parameters: ["pointer"], result: "pointer" },
  // gchar * gst_pad_get_stream_id (GstPad *pad)                                            [full]
  gst_pad_get_stream_id: { parameters: ["pointer"], result: "pointer" },
  // GstPad * gst_pad_get_peer (GstPad *pad)                                                [full]
  gst_pad_get_peer: { parameters: ["pointer"], result: "pointer" },
  // GstElement * gst_pad_get_parent_element (GstPad *pad)                                  [full]
  gst_pad_get_parent_element: { parameters: ["pointer"], result: "pointer" },
  // gboolean gst_pad_peer_query (GstPad *pad, GstQuery *query)
  gst_pad_peer_query: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstQuery * gst_query_new_latency (void)                                                [full]
  gst_query_new_latency: { parameters: [], result: "pointer" },
  // void gst_query_parse_latency (GstQuery *query, gboolean *live, GstClockTime *min_latency,
  //                               GstClockTime *max_latency)
  gst_query_parse_latency: {
    parameters: ["pointer", "buffer", "pointer", "pointer"],
    result: "void",
  },
  // void gst_pad_set_offset (GstPad *pad, gint64 offset)
  gst_pad_set_offset: { parameters: ["pointer", "i64"], result: "void" },
  // GstCaps * gst_pad_peer_query_caps (GstPad *pad, GstCaps *filter)                       [full]
  gst_pad_peer_query_caps: { parameters: ["pointer", "pointer"], result: "pointer" },
  // gboolean gst_pad_query_accept_caps (GstPad *pad, GstCaps *caps)
  gst_pad_query_accept_caps: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstPadLinkReturn gst_pad_link_full (GstPad *srcpad, GstPad *sinkpad, GstPadLinkCheck flags)
  gst_pad_link_full: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  // gboolean gst_pad_unlink (GstPad *srcpad, GstPad *sinkpad)
  gst_pad_unlink: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstEvent * gst_pad_get_sticky_event (GstPad *pad, GstEventType event_type, guint idx)  [full]
  gst_pad_get_sticky_event: { parameters: ["pointer", "u32", "u32"], result: "pointer" },
  // gboolean gst_pad_send_event (GstPad *pad, GstEvent *event)                takes the event
  gst_pad_send_event: { parameters: ["pointer", "pointer"], result: "i32" },
  // gboolean gst_pad_push_event (GstPad *pad, GstEvent *event)                takes the event
  gst_pad_push_event_async: {
    name: "gst_pad_push_event",
    parameters: ["pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  // gboolean gst_pad_push_event (GstPad *pad, GstEvent *event)                takes the event
  gst_pad_push_event: { parameters: ["pointer", "pointer"], result: "i32" },
  // gulong gst_pad_add_probe (GstPad *pad, GstPadProbeType mask, GstPadProbeCallback callback, gpointer user_data,
  //                           GDestroyNotify destroy_data)      NULL callback: the pad stays blocked
  gst_pad_add_probe: {
    parameters: ["pointer", "i32", "pointer", "pointer", "pointer"],
    result: "usize",
  },
  // void gst_pad_remove_probe (GstPad *pad, gulong id)
  gst_pad_remove_probe: { parameters: ["pointer", "usize"], result: "void" },
  // GstFlowReturn gst_pad_get_last_flow_return (GstPad *pad)
  gst_pad_get_last_flow_return: { parameters: ["pointer"], result: "i32" },
  // const gchar * gst_flow_get_name (GstFlowReturn ret)                                    [none]
  gst_flow_get_name: { parameters: ["i32"], result: "pointer" },

  // gchar * gst_caps_to_string (const GstCaps *caps)                                       [full]
  gst_caps_to_string: { parameters: ["pointer"], result: "pointer" },
  // GstCaps * gst_caps_from_string (const gchar *string)                                   [full]
  gst_caps_from_string: { parameters: ["buffer"], result: "pointer" },
  // gboolean gst_caps_is_fixed (const GstCaps *caps)
  gst_caps_is_fixed: { parameters: ["pointer"], result: "i32" },
  // gboolean gst_caps_is_equal (const GstCaps *caps1, const GstCaps *caps2)
  gst_caps_is_equal: { parameters: ["pointer", "pointer"], result: "i32" },
  // gboolean gst_caps_is_subset (const GstCaps *subset, const GstCaps *superset)
  gst_caps_is_subset: { parameters: ["pointer", "pointer"], result: "i32" },
  // gboolean gst_caps_can_intersect (const GstCaps *caps1, const GstCaps *caps2)
  gst_caps_can_intersect: { parameters: ["pointer", "pointer"], result: "i32" },
  // guint gst_caps_get_size (const GstCaps *caps)                                          0 for ANY and NONE
  gst_caps_get_size: { parameters: ["pointer"], result: "u32" },
  // GstStructure * gst_caps_get_structure (const GstCaps *caps, guint index)               [none]
  gst_caps_get_structure: { parameters: ["pointer", "u32"], result: "pointer" },
  // GstCapsFeatures * gst_caps_get_features (const GstCaps *caps, guint index)             [none]
  gst_caps_get_features: { parameters: ["pointer", "u32"], result: "pointer" },
  // GstCapsFeatures * gst_caps_features_from_string (const gchar *features)                [full]
  gst_caps_features_from_string: { parameters: ["buffer"], result: "pointer" },
  // gboolean gst_caps_features_is_equal (const GstCapsFeatures *features1, const GstCapsFeatures *features2)
  gst_caps_features_is_equal: { parameters: ["pointer", "pointer"], result: "i32" },
  // void gst_caps_features_free (GstCapsFeatures *features)
  gst_caps_features_free: { parameters: ["pointer"], result: "void" },
  // const gchar * gst_structure_get_name (const GstStructure *structure)                    [none]
  gst_structure_get_name: { parameters: ["pointer"], result: "pointer" },
  // gboolean gst_structure_get_fraction (const GstStructure *structure, const gchar *fieldname,
  //                                      gint *value_numerator, gint *value_denominator)
  gst_structure_get_fraction: {
    parameters: ["pointer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  // gboolean gst_structure_get_int (const GstStructure *structure, const gchar *fieldname, gint *value)
  gst_structure_get_int: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  // gboolean gst_structure_get_uint64 (const GstStructure *structure, const gchar *fieldname, guint64 *value)
  gst_structure_get_uint64: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  // const gchar * gst_structure_get_string (const GstStructure *structure, const gchar *fieldname)  [none]
  gst_structure_get_string: { parameters: ["pointer", "buffer"], result: "pointer" },
  // const GValue * gst_structure_get_value (const GstStructure *structure, const gchar *fieldname)  [none]
  gst_structure_get_value: { parameters: ["pointer", "buffer"], result: "pointer" },
  // void gst_structure_set_value (GstStructure *structure, const gchar *fieldname, const GValue *value)
  gst_structure_set_value: { parameters: ["pointer", "buffer", "pointer"], result: "void" },
  // void gst_structure_remove_field (GstStructure *structure, const gchar *fieldname)
  gst_structure_remove_field: { parameters: ["pointer", "buffer"], result: "void" },
  // void gst_structure_free (GstStructure *structure)
  gst_structure_free: { parameters: ["pointer"], result: "void" },
  // GstStructure * gst_structure_new_empty (const gchar *name)                             [full]
  gst_structure_new_empty: { parameters: ["buffer"], result: "pointer" },
  // GstStructure * gst_structure_from_string (const gchar *string, gchar **end)            [full]
  gst_structure_from_string: { parameters: ["buffer", "pointer"], result: "pointer" },
  // gchar * gst_structure_to_string (const GstStructure *structure)                        [full]
  gst_structure_to_string: { parameters: ["pointer"], result: "pointer" },

  // GstEvent * gst_event_new_eos (void)                                                    [full]
  gst_event_new_eos: { parameters: [], result: "pointer" },
  // GstEvent * gst_event_new_flush_start (void)                                            [full]
  gst_event_new_flush_start: { parameters: [], result: "pointer" },

  // void gst_event_parse_tag (GstEvent *event, GstTagList **taglist)         the event keeps the list
  gst_event_parse_tag: { parameters: ["pointer", "buffer"], result: "void" },
  // gboolean gst_tag_list_get_string (const GstTagList *list, const gchar *tag, gchar **value)  the value is the caller's
  gst_tag_list_get_string: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },

  // GstBus * gst_bus_new (void)                                                            [full]
  gst_bus_new: { parameters: [], result: "pointer" },
  // GstMessage * gst_bus_timed_pop_filtered (GstBus *bus, GstClockTime timeout, GstMessageType types)  [full]
  gst_bus_timed_pop_filtered: { parameters: ["pointer", "u64", "u32"], result: "pointer" },
  gst_bus_timed_pop_filtered_async: {
    name: "gst_bus_timed_pop_filtered",
    parameters: ["pointer", "u64", "u32"],
    result: "pointer",
    nonblocking: true,
  },
  // gboolean gst_bus_post (GstBus *bus, GstMessage *message)                  takes the message
  gst_bus_post: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstMessage * gst_message_new_application (GstObject *src, GstStructure *structure)  [full], takes the structure
  gst_message_new_application: { parameters: ["pointer", "pointer"], result: "pointer" },
  // const gchar * gst_message_type_get_name (GstMessageType type)                          [none]
  gst_message_type_get_name: { parameters: ["u32"], result: "pointer" },
  // const GstStructure * gst_message_get_structure (GstMessage *message)                   [none]
  gst_message_get_structure: { parameters: ["pointer"], result: "pointer" },
  // gboolean gst_message_has_name (GstMessage *message, const gchar *name)                 the name of its structure
  gst_message_has_name: { parameters: ["pointer", "buffer"], result: "i32" },
  // void gst_message_parse_error (GstMessage *message, GError **gerror, gchar **debug)     [both full]
  gst_message_parse_error: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // void gst_message_parse_warning (GstMessage *message, GError **gerror, gchar **debug)   [both full]
  gst_message_parse_warning: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // void gst_message_parse_info (GstMessage *message, GError **gerror, gchar **debug)      [both full]
  gst_message_parse_info: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // void gst_message_parse_state_changed (GstMessage *message, GstState *oldstate, GstState *newstate,
  //                                       GstState *pending)
  gst_message_parse_state_changed: {
    parameters: ["pointer", "buffer", "buffer", "buffer"],
    result: "void",
  },
  // void gst_message_parse_property_notify (GstMessage *message, GstObject **object, const gchar **property_name,
  //                                         const GValue **property_value)                 [all none]
  gst_message_parse_property_notify: {
    parameters: ["pointer", "buffer", "buffer", "buffer"],
    result: "void",
  },

  // gboolean gst_value_deserialize (GValue *dest, const gchar *src)
  gst_value_deserialize: { parameters: ["buffer", "buffer"], result: "i32" },
  // gchar * gst_value_serialize (const GValue *value)                                      [full]
  gst_value_serialize: { parameters: ["buffer"], result: "pointer" },
  // gint gst_value_compare (const GValue *value1, const GValue *value2)
  gst_value_compare: { parameters: ["pointer", "pointer"], result: "i32" },
  // const GstStructure * gst_value_get_structure (const GValue *value)                     [none]
  gst_value_get_structure: { parameters: ["buffer"], result: "pointer" },

  // gsize gst_buffer_get_size (GstBuffer *buffer)
  gst_buffer_get_size: { parameters: ["pointer"], result: "usize" },
  // gboolean gst_buffer_map (GstBuffer *buffer, GstMapInfo *info, GstMapFlags flags)
  gst_buffer_map: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  // void gst_buffer_unmap (GstBuffer *buffer, GstMapInfo *info)
  gst_buffer_unmap: { parameters: ["pointer", "buffer"], result: "void" },
  // gsize gst_buffer_extract (GstBuffer *buffer, gsize offset, gpointer dest, gsize size)
  gst_buffer_extract: { parameters: ["pointer", "usize", "buffer", "usize"], result: "usize" },
  // GstBuffer * gst_buffer_append (GstBuffer *buf1, GstBuffer *buf2)                       [full] takes both
  gst_buffer_append: { parameters: ["pointer", "pointer"], result: "pointer" },
  // GstBuffer * gst_buffer_new_memdup (gconstpointer data, gsize size)                     [full], since 1.20
  gst_buffer_new_memdup: { parameters: ["buffer", "usize"], result: "pointer" },
  // GstBuffer * gst_sample_get_buffer (GstSample *sample)                                  [none]
  gst_sample_get_buffer: { parameters: ["pointer"], result: "pointer" },
  // GstCaps * gst_sample_get_caps (GstSample *sample)                                      [none]
  gst_sample_get_caps: { parameters: ["pointer"], result: "pointer" },
  // GstSegment * gst_sample_get_segment (GstSample *sample)                                [none]
  gst_sample_get_segment: { parameters: ["pointer"], result: "pointer" },
  // GstSample * gst_sample_new (GstBuffer *buffer, GstCaps *caps, const GstSegment *segment, GstStructure *info)  [full]
  gst_sample_new: { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "pointer" },
  // void gst_sample_set_caps (GstSample *sample, GstCaps *caps)
  gst_sample_set_caps: { parameters: ["pointer", "pointer"], result: "void" },
  // GstSegment * gst_segment_new (void)                                                    [full]
  gst_segment_new: { parameters: [], result: "pointer" },
  // void gst_segment_init (GstSegment *segment, GstFormat format)
  gst_segment_init: { parameters: ["pointer", "i32"], result: "void" },
  // void gst_segment_free (GstSegment *segment)
  gst_segment_free: { parameters: ["pointer"], result: "void" },
  // GstBuffer * gst_buffer_copy_deep (const GstBuffer *buf)                                [full]
  gst_buffer_copy_deep: { parameters: ["pointer"], result: "pointer" },
  // GstStructure * gst_buffer_pool_get_config (GstBufferPool *pool)                        [full]
  gst_buffer_pool_get_config: { parameters: ["pointer"], result: "pointer" },
  // gboolean gst_buffer_pool_config_get_params (GstStructure *config, GstCaps **caps, guint *size, guint *min_buffers,
  //                                             guint *max_buffers)
  gst_buffer_pool_config_get_params: {
    parameters: ["pointer", "pointer", "pointer", "pointer", "buffer"],
    result: "i32",
  },
  // guint64 gst_segment_to_running_time (const GstSegment *segment, GstFormat format, guint64 position)
  gst_segment_to_running_time: { parameters: ["pointer", "i32", "u64"], result: "u64" },
  // gint gst_segment_to_running_time_full (const GstSegment *segment, GstFormat format, guint64 position,
  //                                        guint64 *running_time)            the sign of running_time; 0: none
  gst_segment_to_running_time_full: {
    parameters: ["pointer", "i32", "u64", "buffer"],
    result: "i32",
  },
  // gboolean gst_segment_clip (const GstSegment *segment, GstFormat format, guint64 start, guint64 stop,
  //                            guint64 *clip_start, guint64 *clip_stop)
  gst_segment_clip: {
    parameters: ["pointer", "i32", "u64", "u64", "pointer", "pointer"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** What any version of the library has, to find out whether it is new enough for the others. */
export const versionSymbols = {
  // void gst_version (guint *major, guint *minor, guint *micro, guint *nano)
  gst_version: { parameters: ["buffer", "buffer", "buffer", "buffer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;
