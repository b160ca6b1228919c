/**
 * Remuxing: writing the streams of a file to a complete one, without encoding.
 *
 * @module
 */
import { GstError } from "../../ffi/errors.ts";
import { gst, gstApp } from "../../ffi/gst.ts";
import type { MessageStream } from "../gst/bus.ts";
import { withStaticPad } from "../gst/pad.ts";
import { chain, type ElementChain } from "../media/codecs.ts";
import { Pipeline } from "../pipeline.ts";
import {
  checkFrames,
  type Content,
  ContentMeter,
  readFrames,
  type Source,
  type Stream,
} from "./read_content.ts";

/** The elements that write a file. */
export interface Muxer {
  /** The muxer's name. */
  muxer: string;
  /** The elements that a media type needs right before it. */
  needs: Record<string, ElementChain>;
}

/** The minimum number of frames of each stream that wait for the muxer, as long as the file has more. */
const MIN_BACKLOG = 100n;

/**
 * Writes the streams of a file to a complete one, up to the file's end or its first error. Reads the file once. A file that
 * exists is overwritten.
 *
 * @returns What was read.
 * @throws {NoFrameError} If it has no frame.
 * @throws {GstError} If writing fails, or the demuxer hangs.
 */
export async function remux(
  source: Source,
  streams: readonly Stream[],
  to: string,
  muxer: Muxer,
): Promise<Content> {
  const meter = new ContentMeter(source);
  await using writer = await FileWriter.open(to, streams, muxer);
  const links = streams.map(({ pad }) => `demuxer.${pad}`);
  const error = await readFrames(source, links, {
    onSample: (stream, sample) => {
      meter.add(stream, sample);
      writer.push(stream, sample, meter.offsetNs(stream));
    },
    mayTake: () => writer.isStarving,
    isDone: () => writer.isOver,
  });
  const { content } = meter;
  checkFrames(source, content.frames, error);
  await writer.finish();
  return content;
}

/** Writes frames to a file. */
class FileWriter implements AsyncDisposable {
  readonly #pipeline: Pipeline;
  readonly #messages: MessageStream;
  /** The appsrc of each stream; they stay the pipeline's. */
  readonly #sources: Deno.PointerObject[];
  /** Resolves with the error that ends writing; `null` at the end of the stream. */
  readonly #outcome: Promise<GstError | null>;
  #isOver = false;
  readonly #started = new Set<number>();

  private constructor(pipeline: Pipeline, streamCount: number) {
    this.#pipeline = pipeline;
    this.#sources = Array.from(
      { length: streamCount },
      (_, i) => pipeline.element(`src${i}`).unsafeHandle,
    );
    this.#messages = pipeline.bus.messages();
    this.#outcome = this.#watch().finally(() => this.#isOver = true);
  }

  /** Starts to write a file. */
  static async open(
    to: string,
    streams: readonly Stream[],
    { muxer, needs }: Muxer,
  ): Promise<FileWriter> {
    const branches = streams.map(({ mediaType }, i) =>
      chain(
        `appsrc name=src${i} format=time max-bytes=0 ! ${mediaType}`,
        needs[mediaType]?.text,
        "mux.",
      )
    );
    const pipeline = Pipeline.parse(
      `${muxer} name=mux ! filesink name=filesink async=false ${branches.join(" ")}`,
    );
    const writer = new FileWriter(pipeline, streams.length);
    try {
      pipeline.element("filesink").setProperty("location", to);
      await pipeline.play();
      return writer;
    } catch (error) {
      await writer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Whether the file is written, or writing has failed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it needs frames: the muxer waits for each of its streams, which may be far apart in a file. */
  get isStarving(): boolean {
    return this.#sources.some((source) =>
      gstApp().gst_app_src_get_current_level_buffers(source) < MIN_BACKLOG
    );
  }

  /**
   * Writes a frame.
   *
   * @param sample A GstSample; it stays the caller's.
   * @param offsetNs The nanoseconds to add to the stream's running times, which hold from its first frame on.
   */
  push(stream: number, sample: Deno.PointerObject, offsetNs: bigint): void {
    const source = this.#sources[stream]!;
    if (!this.#started.has(stream)) {
      this.#started.add(stream);
      withStaticPad(source, "src", (pad) => gst().gst_pad_set_offset(pad, offsetNs));
    }
    gstApp().gst_app_src_push_sample(source, sample);
  }

  /**
   * Ends the file.
   *
   * @throws {GstError} If writing has failed.
   */
  async finish(): Promise<void> {
    for (const source of this.#sources) gstApp().gst_app_src_end_of_stream(source);
    const error = await this.#outcome;
    if (error !== null) throw error;
  }

  async #watch(): Promise<GstError | null> {
    for await (const message of this.#messages) {
      if (message.type === "eos") return null;
      if (message.type === "error") return message.error;
    }
    return new GstError("The pipeline was closed");
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#messages.return();
    await this.#pipeline.close();
  }
}
