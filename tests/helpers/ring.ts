/**
 * Ring buffers on their own, and the frames of other branches of a tee.
 *
 * @module
 */
import { assert, assertAlmostEquals } from "@std/assert";
import { gst, gstApp } from "../../ffi/gst.ts";
import {
  type MessageStream,
  type Pipeline,
  RingBuffer,
  type RingBufferOptions,
} from "../../mod.ts";
import { nsToSec } from "../../src/util/clock_time.ts";
import { deadline } from "../../src/util/deadline.ts";
import { capsText } from "../../src/gst/caps.ts";
import { Frame } from "../../src/gst/frame.ts";
import { FPS } from "./fps.ts";
import { until } from "./wait.ts";

/** The last element of a custom ring's bin. */
export const APPSINK = "appsink name=ringbuffer_appsink";

/** Makes a ring class with a bin of its own. */
export function ringClass(text: string): typeof RingBuffer {
  return class extends RingBuffer {
    static override readonly binString: string = text;
  };
}

/** A ring class that converts, in a thread of its own. */
export const ConvertingRing = ringClass(
  "queue name=ringbuffer_input_queue ! videoconvert " +
    `! capsfilter name=ringbuffer_input_capsfilter caps=video/x-raw,format=I420 ! ${APPSINK}`,
);

/** Attaches a ring to the tee `t`. */
export function attach(
  pipeline: Pipeline,
  options: Partial<RingBufferOptions> = {},
  ringBufferClass: typeof RingBuffer = RingBuffer,
): RingBuffer {
  return new ringBufferClass({ pipeline, teeName: "t", windowSec: 1, timeoutSec: 1, ...options });
}

/** Returns a pipeline's text: small video at the tee `t`, with an appsink named `probe` that keeps all frames. */
export function probed(live: boolean, caps = `width=16,height=16,framerate=${FPS}/1`): string {
  return `videotestsrc is-live=${live} ! video/x-raw,${caps} ! tee name=t ` +
    `t. ! appsink name=probe sync=${!live}`;
}

/** Attaches a ring, waits for a frame, and detaches it. */
export async function attachOnce(
  pipeline: Pipeline,
  ringBufferClass: typeof RingBuffer,
): Promise<void> {
  const ring = attach(pipeline, {}, ringBufferClass);
  await nextTimes(ring);
  ring.detach();
}

/** Releases frames; returns their running times in seconds. */
export function release(frames: Frame[]): number[] {
  return frames.map((frame) => {
    assert(frame.timeNs !== null);
    frame.release();
    return nsToSec(frame.timeNs);
  });
}

/** Drains a ring; returns the running times of its frames in seconds. */
export function drainTimes(ring: RingBuffer): number[] {
  return release(ring.drain());
}

/** Drains a ring until it has given `count` frames or more; resolves with their running times in seconds. */
export async function nextTimes(ring: RingBuffer, count = 1): Promise<number[]> {
  const times: number[] = [];
  await until(`${count} frames arrive`, () => times.push(...drainTimes(ring)) >= count);
  return times;
}

/** Returns the caps of a frame. */
export function capsOf(frame: Frame): string {
  return capsText(gst().gst_sample_get_caps(frame.sample)!);
}

/** Pulls the frames that an appsink has received; returns their running times in seconds. */
export function pullTimes(pipeline: Pipeline, appsink: string): number[] {
  const handle = pipeline.element(appsink).unsafeHandle;
  const frames: Frame[] = [];
  for (;;) {
    const sample = gstApp().gst_app_sink_try_pull_sample(handle, 0n);
    if (sample === null) return release(frames);
    frames.push(new Frame(sample));
  }
}

/** Checks that each frame follows the one before it. */
export function assertContiguous(times: number[], fps: number): void {
  for (const [i, time] of times.entries()) {
    if (i > 0) assertAlmostEquals(time - times[i - 1]!, 1 / fps, 1e-6, `frame ${i} at ${time} s`);
  }
}

/** Returns the number of frames that are missing in the longest gap. */
export function longestGap(times: number[], fps: number): number {
  const gaps = times.slice(1).map((time, i) => Math.round((time - times[i]!) * fps) - 1);
  return Math.max(0, ...gaps);
}

/** Ends a stream of messages; returns the errors among those up to now. */
export async function errorsOf(pipeline: Pipeline, messages: MessageStream): Promise<string[]> {
  await pipeline.bus.flush();
  messages.end();
  const errors: string[] = [];
  for await (const message of messages) {
    if (message.type === "error") errors.push(message.error.message);
  }
  return errors;
}

/** Resolves once EOS is among a pipeline's messages, or rejects with an error that comes before. */
export function ended(messages: MessageStream): Promise<void> {
  const watch = async () => {
    for await (const message of messages) {
      if (message.type === "error") throw message.error;
      if (message.type === "eos") return;
    }
  };
  return deadline(watch(), 20, "Waited in vain for EOS");
}
