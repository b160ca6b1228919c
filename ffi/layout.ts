/**
 * Struct offsets, sizes and enum values, for 64-bit platforms: the only numbers in gstp that the C headers know better.
 * tests/layout_test.ts compiles a C program with the installed headers and compares every one of them.
 *
 * @module
 */

/** Byte offsets of struct members, named `Struct.member`. */
export const OFFSETS = {
  "GError.domain": 0,
  "GError.code": 4,
  "GError.message": 8,
  "GTypeInstance.g_class": 0,
  "GParamSpec.flags": 16,
  "GParamSpec.value_type": 24,
  "GValue.g_type": 0,
  "GValue.data": 8,
  "GstMessage.type": 64,
  "GstMessage.src": 80,
  "GstMiniObject.flags": 16,
  "GstBuffer.pts": 72,
  "GstBuffer.dts": 80,
  "GstBuffer.duration": 88,
} as const;

/** Sizes of structs in bytes. */
export const SIZES = { GValue: 24 } as const;

/** Enum and flag values, under their C names. */
export const ENUMS = {
  GST_STATE_NULL: 1,
  GST_STATE_READY: 2,
  GST_STATE_PAUSED: 3,
  GST_STATE_PLAYING: 4,
  GST_STATE_CHANGE_FAILURE: 0,
  GST_STATE_CHANGE_SUCCESS: 1,
  GST_STATE_CHANGE_ASYNC: 2,
  GST_STATE_CHANGE_NO_PREROLL: 3,
  GST_FORMAT_TIME: 3,
  GST_ITERATOR_DONE: 0,
  GST_ITERATOR_OK: 1,
  GST_ITERATOR_RESYNC: 2,
  GST_PARSE_FLAG_FATAL_ERRORS: 1,
  GST_PARSE_ERROR_SYNTAX: 0,
  GST_PARSE_ERROR_NO_SUCH_ELEMENT: 1,
  GST_PARSE_ERROR_NO_SUCH_PROPERTY: 2,
  GST_PARSE_ERROR_LINK: 3,
  GST_PARSE_ERROR_COULD_NOT_SET_PROPERTY: 4,
  GST_PAD_LINK_OK: 0,
  GST_PAD_LINK_CHECK_DEFAULT: 5,
  GST_PAD_LINK_CHECK_NO_RECONFIGURE: 8,
  GST_PAD_PROBE_TYPE_BLOCK: 2,
  GST_PAD_PROBE_TYPE_BUFFER: 16,
  GST_PAD_PROBE_TYPE_BUFFER_LIST: 32,
  GST_FLOW_OK: 0,
  GST_FLOW_FLUSHING: -2,
  GST_FLOW_EOS: -3,
  GST_BUFFER_FLAG_DELTA_UNIT: 1 << 13,
  GST_EVENT_STREAM_START: 40 << 8 | 14,
  GST_EVENT_CAPS: 50 << 8 | 14,
  GST_EVENT_SEGMENT: 70 << 8 | 14,
  GST_EVENT_EOS: 110 << 8 | 14,
  GST_MESSAGE_EOS: 1 << 0,
  GST_MESSAGE_ERROR: 1 << 1,
  GST_MESSAGE_WARNING: 1 << 2,
  GST_MESSAGE_INFO: 1 << 3,
  GST_MESSAGE_STATE_CHANGED: 1 << 6,
  GST_MESSAGE_APPLICATION: 1 << 14,
  G_PARAM_READABLE: 1,
  G_PARAM_WRITABLE: 2,
  G_PARAM_CONSTRUCT_ONLY: 8,
  G_TYPE_BOOLEAN: 5 << 2,
  G_TYPE_INT: 6 << 2,
  G_TYPE_UINT: 7 << 2,
  G_TYPE_INT64: 10 << 2,
  G_TYPE_UINT64: 11 << 2,
  G_TYPE_ENUM: 12 << 2,
  G_TYPE_FLOAT: 14 << 2,
  G_TYPE_DOUBLE: 15 << 2,
  G_TYPE_STRING: 16 << 2,
  G_TYPE_BOXED: 18 << 2,
  G_TYPE_OBJECT: 20 << 2,
} as const;

/** `GST_CLOCK_TIME_NONE`: no time, or no time-out. */
export const CLOCK_TIME_NONE = 0xffff_ffff_ffff_ffffn;
