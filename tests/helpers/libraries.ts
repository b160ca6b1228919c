/**
 * Opens the libraries before the first test: they are never closed, which the resource sanitizer would hold against
 * the test that happens to open them.
 *
 * @module
 */
import { glib, gobject, gst, gstApp } from "../../ffi/gst.ts";

glib();
gobject();
gst();
gstApp();
