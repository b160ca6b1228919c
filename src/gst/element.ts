/**
 * Elements of pipelines.
 *
 * @module
 */
import { gst } from "../../ffi/gst.ts";
import { GstClosedError } from "../util/errors.ts";
import { factoryName } from "./bin.ts";
import { capsText, mediaTypeOf, readPadCaps } from "./caps.ts";
import { nameOf, pathOf } from "./object.ts";
import { withStaticPad } from "./pad.ts";
import { getProperty, type PropertyValue, setProperty } from "./properties.ts";

/**
 * An element of a pipeline; {@link Pipeline.element} returns it. The pipeline owns it and frees it; after that, its methods
 * throw a {@link GstClosedError}.
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
  /** The element's name. */
  readonly name: string;
  /** The element's path, such as `/GstPipeline:pipeline0/GstVideoTestSrc:source`. */
  readonly path: string;
  /** Owned: unref'd by {@link release}. */
  #handle: Deno.PointerObject | null;

  /**
   * Wraps an element; {@link Pipeline.element} does so.
   *
   * @param handle A GstElement; the new object takes over the reference.
   * @internal
   * @ignore
   */
  constructor(handle: Deno.PointerObject) {
    this.#handle = handle;
    this.name = nameOf(handle);
    this.path = pathOf(handle);
  }

  /**
   * The GstElement, for native calls of your own. This object owns the reference: do not unref it.
   *
   * @throws {GstClosedError} If the pipeline is closed.
   */
  get unsafeHandle(): Deno.PointerObject {
    if (this.#handle === null) {
      throw new GstClosedError(`The pipeline of element ${this.name} is closed`);
    }
    return this.#handle;
  }

  /** The name of the element's factory, such as `videotestsrc`; empty if it has none. */
  get factoryName(): string {
    return factoryName(this.unsafeHandle);
  }

  /**
   * Sets a property. Enums, caps and other types are set from text, as in a pipeline description: `"ball"`,
   * `"video/x-raw,width=320"`.
   *
   * @throws {TypeError} If the value is not a string, a number or a boolean.
   * @throws {RangeError} If the element has no such property, it is read-only, or it does not accept the value.
   * @throws {GstClosedError} If the pipeline is closed.
   */
  setProperty(name: string, value: string | number | bigint | boolean): void {
    if (!["string", "number", "bigint", "boolean"].includes(typeof value)) {
      throw new TypeError(
        `Property "${name}" must be a string, a number or a boolean, got ${typeof value}`,
      );
    }
    setProperty(this.unsafeHandle, name, value);
  }

  /**
   * Returns the value of a property: a number, a boolean, or a bigint for 64-bit integers. Other types are returned as
   * GStreamer's text, such as the nick of an enum.
   *
   * @throws {RangeError} If the element has no such property, or it is write-only.
   * @throws {GstClosedError} If the pipeline is closed.
   */
  getProperty(name: string): PropertyValue {
    return getProperty(this.unsafeHandle, name);
  }

  /**
   * Returns the negotiated caps of a pad as text; null before the negotiation.
   *
   * @param padName The pad's name. Defaults to `src`.
   * @throws {RangeError} If the element has no such pad now.
   * @throws {GstClosedError} If the pipeline is closed.
   */
  caps(padName = "src"): string | null {
    return withStaticPad(this.unsafeHandle, padName, (pad) => readPadCaps(pad, capsText));
  }

  /**
   * Returns the media type that a pad has negotiated, such as `video/x-h264`, as {@link containersFor} takes it; null before the
   * negotiation.
   *
   * @param padName The pad's name. Defaults to `src`.
   * @throws {RangeError} If the element has no such pad now.
   * @throws {GstClosedError} If the pipeline is closed.
   */
  mediaType(padName = "src"): string | null {
    return withStaticPad(this.unsafeHandle, padName, (pad) => readPadCaps(pad, mediaTypeOf));
  }

  /**
   * Drops the reference. May be called twice.
   *
   * @internal
   * @ignore
   */
  release(): void {
    const handle = this.#handle;
    this.#handle = null;
    if (handle !== null) gst().gst_object_unref(handle);
  }
}
