/**
 * Opens the libraries before the tests do. They are opened on first use and stay open, which Deno's resource sanitizer
 * would report as a leak of the first test that uses them.
 *
 * @module
 */
import { glib, gobject, gst, gstApp, gstVideo } from "../ffi/gst.ts";

for (const open of [glib, gobject, gst, gstApp, gstVideo]) open();
