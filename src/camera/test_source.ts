/**
 * Pipelines of test pictures and a test tone.
 *
 * @module
 */
import { fillIn, teeText } from "./source_text.ts";

/**
 * Returns a function that resolves with the text of a live test source.
 *
 * @param pattern A pattern of videotestsrc; empty for its default.
 * @param sound Whether there is a tone, too.
 * @throws {TypeError} If GStreamer does not accept the pattern's text.
 */
export function testSource(pattern: string, sound: boolean): () => Promise<string> {
  const video = "videotestsrc name=camera is-live=true pattern={pattern} " +
    `! video/x-raw,format=I420,width=640,height=480,framerate=30/1 ! ${teeText("video")}`;
  const branches = [fillIn(video, { pattern: pattern || "smpte" })];
  if (sound) {
    branches.push(
      `audiotestsrc is-live=true ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! ${
        teeText("sound")
      }`,
    );
  }
  return () => Promise.resolve(branches.join("\n"));
}
