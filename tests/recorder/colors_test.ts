/**
 * The colors of clips, as players show them.
 */
import { assertEquals } from "@std/assert";
import { EncodedRingBuffer } from "../../mod.ts";
import { hasChromium } from "../helpers/chromium.ts";
import {
  colorPicture,
  differenceOf,
  showInChromium,
  showInFfmpeg,
  type Shown,
  yuvPicture,
} from "../helpers/color_picture.ts";
import { recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const WIDTH = 128;
/** Grays must come out like this, at the most. */
const MAX_RAMP = 3;
/** Saturated colors lose more, by the rounding of 8 bits in each step. */
const MAX_BARS = 9;
/** The matrix of BT.709 is rounded in Chromium where no GPU converts the pictures: blue is 12 darker. */
const MAX_BARS_709 = 13;

/** A source: how its picture is coded, and its elements behind the file. */
interface Source {
  height: number;
  coding?: [matrix: "601" | "709", range: "limited" | "full"];
  text: string;
  clips: string[];
}

const SD = 96;
const HD = 720;
const named = (colorimetry: string) => `capssetter caps=video/x-raw,colorimetry=${colorimetry}`;
const JPEG: Pick<Source, "coding" | "text"> = {
  coding: ["601", "full"],
  text: `${named("1:4:0:0")} ! jpegenc quality=98 ! jpegdec`,
};
const BT709: Pick<Source, "coding" | "text"> = {
  coding: ["709", "limited"],
  text: named("bt709"),
};
const RGB: Pick<Source, "text"> = { text: "identity" };
const BOTH = [".mp4", ".webm"];
const SOURCES: Record<string, Source> = {
  "rgb": { ...RGB, height: SD, clips: BOTH },
  "rgb-hd": { ...RGB, height: HD, clips: BOTH },
  "jpeg": { ...JPEG, height: SD, clips: [...BOTH, ".mkv", "-ring.mp4"] },
  "jpeg-hd": { ...JPEG, height: HD, clips: BOTH },
  "full-601": { height: SD, coding: ["601", "full"], text: named("1:4:16:4"), clips: BOTH },
  "full-709": {
    height: SD,
    coding: ["709", "full"],
    text: named("1:3:5:1"),
    clips: [...BOTH, "-ring.mp4"],
  },
  "unnamed-601": { height: HD, coding: ["601", "limited"], text: named("2:4:0:0"), clips: BOTH },
  "709": { ...BT709, height: SD, clips: [...BOTH, ".mkv"] },
  "709-hd": { ...BT709, height: HD, clips: BOTH },
};
const WEIGHTS = {
  "601": { red: 0.299, blue: 0.114 },
  "709": { red: 0.2126, blue: 0.0722 },
};

/** Writes the picture of a source; returns a live pipeline from it to a tee. */
async function prepare(folder: string, name: string): Promise<string> {
  const { coding, height, text } = SOURCES[name]!;
  const path = `${folder}/${name}.raw`;
  const picture = coding === undefined
    ? colorPicture(WIDTH, height)
    : yuvPicture(WIDTH, height, { ...WEIGHTS[coding[0]], isFull: coding[1] === "full" });
  await Deno.writeFile(path, picture);
  const format = coding === undefined ? "rgb" : "i420";
  return `filesrc location="${path}" ! rawvideoparse format=${format} width=${WIDTH} ` +
    `height=${height} framerate=1/1 ! imagefreeze is-live=true ! video/x-raw,framerate=10/1 ! ` +
    `${text} ! tee name=${name} ${name}. ! fakesink`;
}

/** Compares clips with the picture; returns those that differ. */
function problemsOf(player: string, names: string[], shown: Shown[], maxBars: number): string[] {
  return shown.flatMap((one, i) => {
    const { bars, ramp } = differenceOf(one);
    const isRight = ramp <= MAX_RAMP && bars <= maxBars;
    return isRight ? [] : [`${names[i]} in ${player}: ramp ${ramp}, bars ${bars}`];
  });
}

Deno.test("clips have the colors of their source in players", async () => {
  await using dir = await tempDir();
  const tees = Object.keys(SOURCES);
  const texts = await Promise.all(tees.map((name) => prepare(dir.path, name)));
  await using app = await runLive(texts.join(" "));
  const recorders = tees.flatMap((srcTeeName) =>
    SOURCES[srcTeeName]!.clips.map((ending) =>
      recorderOf(app.pipeline, `${dir.path}/${srcTeeName}${ending}`, {
        srcTeeName,
        windowSizeSec: 0.2,
        onWarning: () => {},
        ...ending.startsWith("-ring") ? { ringBufferClass: EncodedRingBuffer } : {},
      })
    )
  );
  await reached(app.pipeline, 1);
  const paths = (await recordClips(recorders, { maxDelaySec: 20 })).map(({ path }) => path);
  const nameOf = (path: string) => path.slice(dir.path.length + 1);
  const decoded = await showInFfmpeg(paths);
  const problems = problemsOf("ffmpeg", paths.map(nameOf), decoded, MAX_BARS);
  if (await hasChromium()) {
    const played = paths.filter((path) => !path.endsWith(".mkv"));
    const shown = await showInChromium(played);
    problems.push(...problemsOf("Chromium", played.map(nameOf), shown, MAX_BARS_709));
  }
  assertEquals(problems, []);
});
