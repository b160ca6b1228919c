/**
 * Clips and snapshots of pictures that must be turned, as those of a phone held upright.
 */
import { assert, assertEquals } from "@std/assert";
import { EncodedRingBuffer } from "../../mod.ts";
import { hasChromium } from "../helpers/chromium.ts";
import { showInChromium, showInFfmpeg, type Shown } from "../helpers/color_picture.ts";
import { ffprobe } from "../helpers/ffprobe.ts";
import { recordClips, recorderOf, runLive } from "../helpers/recording.ts";
import { tempDir } from "../helpers/temp_dir.ts";
import { reached } from "../helpers/wait.ts";

const [WIDTH, HEIGHT] = [64, 48];
/** The picture's quarters: upper left, upper right, lower left, lower right. */
const QUARTERS = "RGBW";
const COLORS: Record<string, number[]> = {
  "R": [255, 0, 0],
  "G": [0, 255, 0],
  "B": [0, 0, 255],
  "W": [255, 255, 255],
};

/** Returns the quarters of what is shown. */
function quartersOf({ width, height, bytes }: Shown): string {
  const quarters = [0, 1, 2, 3].map((i) => {
    const x = Math.floor((i % 2 + 0.5) * width / 2);
    const y = Math.floor((Math.floor(i / 2) + 0.5) * height / 2);
    const pixel = bytes.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
    const isColor = (color: number[]) => color.every((v, c) => v > 128 === pixel[c]! > 128);
    return Object.entries(COLORS).find(([, color]) => isColor(color))?.[0] ?? "?";
  });
  return quarters.join("");
}

/** Live pictures with a tag, raw at the tee `raw`, and in H.264 at the tee `encoded`. */
async function source(folder: string, tag: string): Promise<string> {
  const path = `${folder}/quarters.rgb`;
  const pixels = Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const isRight = i % WIDTH >= WIDTH / 2;
    const isLower = i >= WIDTH * HEIGHT / 2;
    return COLORS[QUARTERS[2 * Number(isLower) + Number(isRight)]!]!;
  });
  await Deno.writeFile(path, Uint8Array.from(pixels.flat()));
  return `filesrc location="${path}" ! rawvideoparse format=rgb width=${WIDTH} height=${HEIGHT} ` +
    "framerate=1/1 ! imagefreeze is-live=true ! video/x-raw,framerate=10/1 ! " +
    `taginject tags="image-orientation=${tag}" ! tee name=raw raw. ! queue ! fakesink ` +
    "raw. ! queue ! videoconvert ! video/x-raw,format=I420 ! " +
    "x264enc tune=zerolatency key-int-max=5 ! h264parse ! tee name=encoded encoded. ! fakesink";
}

for (
  const [tag, upright] of [
    ["rotate-90", "BRWG"],
    ["rotate-180", "WBGR"],
    ["flip-rotate-90", "WGBR"],
  ] as const
) {
  Deno.test(`clips of pictures with the tag ${tag} are shown upright`, async () => {
    await using dir = await tempDir();
    await using app = await runLive(await source(dir.path, tag));
    const warnings: string[] = [];
    const recorders = [
      ["raw", ".mp4"],
      ["raw", ".webm"],
      ["raw", "-ring.mp4"],
      ["encoded", ".mp4"],
      ["encoded", ".mov"],
      ["encoded", ".mkv"],
    ].map(([srcTeeName, ending]) =>
      recorderOf(app.pipeline, `${dir.path}/${srcTeeName}${ending}`, {
        srcTeeName: srcTeeName!,
        onWarning: (text) => warnings.push(text),
        ...ending === "-ring.mp4" ? { ringBufferClass: EncodedRingBuffer } : {},
      })
    );
    await reached(app.pipeline, 1);
    const paths = (await recordClips(recorders, { maxDelaySec: 20 })).map(({ path }) => path);
    const images = [0, 3].map((i) => `${dir.path}/now${i}.png`);
    await recorders[0]!.snapshot(images[0]!);
    await recorders[3]!.snapshot(images[1]!);
    const turned = paths.filter((path) => !path.endsWith(".mkv"));
    for (const [i, shown] of (await showInFfmpeg([...turned, ...images])).entries()) {
      assertEquals(quartersOf(shown), upright, [...turned, ...images][i]);
      const isSideways = shown.width < shown.height;
      assertEquals(isSideways, tag.endsWith("90"));
    }
    const about = warnings.filter((text) => text.includes("turn"));
    assertEquals(about.length, 1, warnings.join("\n"));
    assert(about[0]!.includes('"encoded"'));
    if (tag !== "rotate-90") return;
    const { streams: [stream] } = await ffprobe<
      { streams: { side_data_list: { rotation: number }[] }[] }
    >(`${dir.path}/encoded.mp4`, "stream_side_data=rotation");
    assertEquals(stream!.side_data_list.map(({ rotation }) => rotation), [-90]);
    if (!await hasChromium()) return;
    const played = turned.filter((path) => !path.endsWith(".mov"));
    for (const [i, shown] of (await showInChromium(played)).entries()) {
      assertEquals([quartersOf(shown), shown.width < shown.height], [upright, true], played[i]);
    }
  });
}
