/**
 * The symbols of GLib and GObject in use, each with its C declaration.
 *
 * @module
 */

/** libglib-2.0 */
export const glibSymbols = {
  // void g_free (gpointer mem)
  g_free: { parameters: ["pointer"], result: "void" },
  // const gchar * g_getenv (const gchar *variable)                                         [none]
  g_getenv: { parameters: ["buffer"], result: "pointer" },
  // gboolean g_file_test (const gchar *filename, GFileTest test)
  g_file_test: { parameters: ["buffer", "i32"], result: "i32" },
  // void g_strfreev (gchar **str_array)
  g_strfreev: { parameters: ["pointer"], result: "void" },
  // void g_error_free (GError *error)
  g_error_free: { parameters: ["pointer"], result: "void" },
  // const gchar * g_quark_to_string (GQuark quark)                                          [none]
  g_quark_to_string: { parameters: ["u32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libgobject-2.0 */
export const gobjectSymbols = {
  // GParamSpec * g_object_class_find_property (GObjectClass *oclass, const gchar *property_name)   [none]
  g_object_class_find_property: { parameters: ["pointer", "buffer"], result: "pointer" },
  // GParamSpec ** g_object_class_list_properties (GObjectClass *oclass, guint *n_properties)        [container]
  g_object_class_list_properties: { parameters: ["pointer", "buffer"], result: "pointer" },
  // void g_object_get_property (GObject *object, const gchar *property_name, GValue *value)
  g_object_get_property: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // void g_object_set_property (GObject *object, const gchar *property_name, const GValue *value)
  g_object_set_property: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // const gchar * g_param_spec_get_name (GParamSpec *pspec)                                 [none]
  g_param_spec_get_name: { parameters: ["pointer"], result: "pointer" },
  // const gchar * g_param_spec_get_blurb (GParamSpec *pspec)                                [none]
  g_param_spec_get_blurb: { parameters: ["pointer"], result: "pointer" },
  // gboolean g_param_value_validate (GParamSpec *pspec, GValue *value)       TRUE if it has changed the value
  g_param_value_validate: { parameters: ["pointer", "buffer"], result: "i32" },
  // gboolean g_type_check_instance_is_a (GTypeInstance *instance, GType iface_type)
  g_type_check_instance_is_a: { parameters: ["pointer", "usize"], result: "i32" },
  // GType g_type_fundamental (GType type_id)
  g_type_fundamental: { parameters: ["usize"], result: "usize" },
  // const gchar * g_type_name (GType type)                                                  [none]
  g_type_name: { parameters: ["usize"], result: "pointer" },
  // gpointer g_type_class_peek (GType type)                                                 [none]
  g_type_class_peek: { parameters: ["usize"], result: "pointer" },
  // GEnumValue * g_enum_get_value (GEnumClass *enum_class, gint value)                      [none]
  g_enum_get_value: { parameters: ["pointer", "i32"], result: "pointer" },
  // GValue * g_value_init (GValue *value, GType g_type)
  g_value_init: { parameters: ["buffer", "usize"], result: "pointer" },
  // void g_value_unset (GValue *value)
  g_value_unset: { parameters: ["buffer"], result: "void" },
  // const gchar * g_value_get_string (const GValue *value)                                  [none]
  g_value_get_string: { parameters: ["buffer"], result: "pointer" },
  // void g_value_set_string (GValue *value, const gchar *v_string)
  g_value_set_string: { parameters: ["buffer", "buffer"], result: "void" },
  // gpointer g_value_get_object (const GValue *value)                                       [none]
  g_value_get_object: { parameters: ["buffer"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;
