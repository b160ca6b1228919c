/**
 * An element of a pipeline.
 *
 * @module
 */
import { cString, takeCString } from "../../ffi/cstring.ts";
import { glib, gst } from "../../ffi/gst.ts";
import { capsText } from "./caps.ts";
import { factoryName } from "./bin.ts";
import { GstClosedError } from "../util/errors.ts";
import { pathOf } from "./message.ts";
import { getProperty, type PropertyValue, setProperty } from "./properties.ts";

/**
 * An element, found by {@link Pipeline.element}. It belongs to its pipeline: nothing has to be closed, and it throws
 * {@link GstClosedError} once the pipeline is closed.
 *
 * @example
 * ```ts
 * import { Pipeline } from "@gstp/gstp";
 * import { assertEquals } from "@std/assert";
 *
 * await using pipeline = Pipeline.parse("videotestsrc name=source ! fakesink");
 * const source = pipeline.element("source");
 * source.setProperty("pattern", "ball");
 * assertEquals(source.getProperty("pattern"), "ball");
 * assertEquals(source.factoryName, "videotestsrc");
 * ```
 */
export class Element {
  /** Its name in the pipeline. */
  readonly name: string;
  /** Its path, such as `/GstPipeline:pipeline0/GstVideoTestSrc:source`. */
  readonly path: string;
  /** Owned: unref'd by {@link release}. */
  #handle: Deno.PointerObject | null;

  /**
   * For {@link Pipeline}.
   *
   * @param handle A GstElement; the reference becomes this object's.
   */
  constructor(handle: Deno.PointerObject) {
    this.#handle = handle;
    this.name = takeCString(glib(), gst().gst_object_get_name(handle)) ?? "";
    this.path = pathOf(handle);
  }

  /**
   * The GstElement, for native calls of one's own; it stays this object's and must not be unref'd.
   *
   * @throws {GstClosedError} if the pipeline is closed.
   */
  get unsafeHandle(): Deno.PointerObject {
    if (this.#handle === null) {
      throw new GstClosedError(`Element ${this.name} belongs to a pipeline that is closed`);
    }
    return this.#handle;
  }

  /** The name of its factory, such as `videotestsrc`; empty for a plain bin made by hand. */
  get factoryName(): string {
    return factoryName(this.unsafeHandle);
  }

  /**
   * Sets a property from its text in a pipeline: `"ball"`, `5`, `true`, `"video/x-raw,width=320"`.
   *
   * @throws {RangeError} if there is no such property, it cannot be written, or it does not take the value.
   */
  setProperty(name: string, value: string | number | bigint | boolean): void {
    if (!["string", "number", "bigint", "boolean"].includes(typeof value)) {
      throw new TypeError(
        `Property "${name}" takes text, a number or a boolean, not ${typeof value}`,
      );
    }
    setProperty(this.unsafeHandle, name, value);
  }

  /**
   * Reads a property: numbers and booleans as such (64-bit integers as bigint), anything else as GStreamer writes it.
   *
   * @throws {RangeError} if there is no such property or it cannot be read.
   */
  getProperty(name: string): PropertyValue {
    return getProperty(this.unsafeHandle, name);
  }

  /**
   * The caps that a pad has negotiated, as text; null before that.
   *
   * @param padName The pad's name, `src` or `sink` on most elements.
   * @throws {RangeError} if there is no such pad.
   */
  caps(padName = "src"): string | null {
    const pad = gst().gst_element_get_static_pad(this.unsafeHandle, cString(padName));
    if (pad === null) throw new RangeError(`${this.name} has no pad "${padName}"`);
    const caps = gst().gst_pad_get_current_caps(pad);
    gst().gst_object_unref(pad);
    if (caps === null) return null;
    const text = capsText(caps);
    gst().gst_mini_object_unref(caps);
    return text;
  }

  /** Drops the reference; for {@link Pipeline.close}. May be called twice. */
  release(): void {
    const handle = this.#handle;
    this.#handle = null;
    if (handle !== null) gst().gst_object_unref(handle);
  }
}
