/**
 * Browsers show clips as their reports say, and seek in them to the picture.
 */
import { assertEquals } from "@std/assert";
import { CHROMIUM, withChromium } from "../helpers/chromium.ts";
import { readTimes } from "../helpers/ffprobe.ts";
import { FIREFOX, withFirefox } from "../helpers/firefox.ts";
import { FPS } from "../helpers/fps.ts";
import { type NumberedClip, recordNumberedClips } from "../helpers/numbered_clips.ts";
import { tempDir } from "../helpers/temp_dir.ts";

/** Parts of a clip at which a picture is read, one after the other. */
const PARTS = [0, 0.35, 0.7, 1, 0.2];

/** Evaluates an expression in a page. */
type Evaluate = (expression: string) => Promise<string>;

/**
 * Runs in the page: seeks to times, and resolves with the numbers of the pictures there, as text. A browser may draw a picture a
 * little after it says that it has found it.
 */
const READ = `async (src, times, expected) => {
  const video = document.createElement("video");
  const event = (name) => new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener("error", () => reject(new Error(video.error.message)), { once: true });
  });
  Object.assign(video, { muted: true, preload: "auto" });
  const blob = await (await fetch(src)).blob();
  const loaded = event("loadeddata");
  video.src = URL.createObjectURL(blob);
  document.body.append(video);
  await loaded;
  const canvas = document.createElement("canvas");
  const [width, height] = [video.videoWidth, video.videoHeight];
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const read = () => {
    context.drawImage(video, 0, 0);
    const tile = height / 2;
    let number = 0;
    for (let bit = 0; bit * tile < width; bit++) {
      const [gray] = context.getImageData(bit * tile + tile / 2, tile, 1, 1).data;
      if (gray > 127) number |= 1 << bit;
    }
    return number;
  };
  const numbers = [];
  for (const [i, time] of times.entries()) {
    const sought = event("seeked");
    video.currentTime = time;
    await sought;
    for (let tries = 0; tries < 100 && read() !== expected[i]; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    numbers.push(read());
  }
  video.remove();
  return JSON.stringify(numbers);
}`;

/** Checks the pictures of a clip by what a page shows of it. */
async function checkClip(evaluate: Evaluate, { report }: NumberedClip): Promise<void> {
  const { path, frames, start } = report;
  const times = await readTimes(path);
  assertEquals(times.length, frames, path);
  const wanted = PARTS.map((part) => Math.round(part * (frames - 1)));
  // in the middle of each picture
  const seeks = wanted.map((index) => times[index]! + 0.5 / FPS);
  const expected = wanted.map((index) => Math.round(start * FPS) + index);
  const args = [`/${path.split("/").at(-1)}`, seeks, expected].map((arg) => JSON.stringify(arg));
  assertEquals(JSON.parse(await evaluate(`(${READ})(${args.join(", ")})`)), expected, path);
}

/** Serves an empty page, and the files of a folder below it. */
function serve(folder: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const file = await Deno.readFile(folder + pathname).catch(() => null);
    const type = pathname.endsWith(".webm") ? "video/webm" : "video/mp4";
    if (file !== null) return new Response(file, { headers: { "content-type": type } });
    return new Response("<!doctype html><title>Clips</title>", {
      headers: { "content-type": "text/html" },
    });
  });
}

async function withChromiumPage(
  url: string,
  use: (evaluate: Evaluate) => Promise<void>,
): Promise<void> {
  await withChromium(async (browser) => {
    const page = await browser.newPage();
    await page.goto(url);
    await use((expression) => page.evaluate<string>(expression));
  });
}

Deno.test("clips are shown by Chromium and Firefox, which seek in them to the picture", async () => {
  const browsers = [
    { program: CHROMIUM, withPage: withChromiumPage },
    { program: FIREFOX, withPage: withFirefox },
  ];
  await using dir = await tempDir();
  const clips = (await recordNumberedClips(dir.path)).filter(({ report, video }) =>
    /\.(webm|mp4)$/.test(report.path) && video !== "H.265"
  );
  assertEquals(clips.length, 4);
  await using server = serve(dir.path);
  for (const { program, withPage } of browsers) {
    if (await Deno.stat(program).catch(() => null) === null) {
      console.log(`Clips are not shown by ${program}, which is not installed`);
      continue;
    }
    await withPage(`http://127.0.0.1:${server.addr.port}/`, async (evaluate) => {
      for (const clip of clips) await checkClip(evaluate, clip);
    });
  }
});
