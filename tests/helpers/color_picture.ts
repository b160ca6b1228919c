/**
 * A picture of known colors, and what players make of it: ffmpeg, and Chromium on a page.
 *
 * @module
 */
import type { Browser } from "npm:playwright-core@1.65.1";
import { words } from "../../scripts/lib/run.ts";
import { withChromium } from "./chromium.ts";
import { ffmpeg } from "./ffmpeg.ts";
import { range } from "./range.ts";
import { tempDir } from "./temp_dir.ts";

/** Red, green and blue. */
export type Color = readonly [number, number, number];

/** The colors of the bars in the upper half: 75 % of each combination. */
const BARS: Color[] = range(7, 1).reverse().map((bits) => {
  const value = (bit: number) => bits & bit ? 191 : 0;
  return [value(2), value(4), value(1)];
});
/** The columns of the ramp in the lower half that are compared, as parts of the width. */
const RAMP = [0.02, 0.25, 0.5, 0.75, 0.98];

/** A picture as a player shows it. */
export interface Shown {
  width: number;
  height: number;
  /** Red, green and blue of the pixels, line by line. */
  bytes: Uint8Array;
}

/** Makes a picture in RGB: seven bars, and below them a ramp from black to white. */
export function colorPicture(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) bytes.set(colorAt(x, y, width, height), 3 * (y * width + x));
  }
  return bytes;
}

function colorAt(x: number, y: number, width: number, height: number): Color {
  if (y < height / 2) return BARS[Math.floor(x * BARS.length / width)]!;
  const gray = rampAt(x, width);
  return [gray, gray, gray];
}

function rampAt(x: number, width: number): number {
  return Math.round(x * 255 / (width - 1));
}

/** How RGB becomes YUV: the weights of red and blue in the luma, and the range. */
export interface YuvCoding {
  red: number;
  blue: number;
  isFull: boolean;
}

/** Makes the same picture in I420, without the rounding errors of fast converters. */
export function yuvPicture(
  width: number,
  height: number,
  { red, blue, isFull }: YuvCoding,
): Uint8Array<ArrayBuffer> {
  const [base, luma, chroma] = isFull ? [0, 255, 255] : [16, 219, 224];
  const planes: number[][] = [[], [], []];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = colorAt(x, y, width, height).map((value) => value / 255) as [
        number,
        number,
        number,
      ];
      const gray = red * r + (1 - red - blue) * g + blue * b;
      planes[0]!.push(Math.round(base + luma * gray));
      if (x % 2 !== 0 || y % 2 !== 0) continue;
      planes[1]!.push(Math.round(128 + chroma * (b - gray) / (2 - 2 * blue)));
      planes[2]!.push(Math.round(128 + chroma * (r - gray) / (2 - 2 * red)));
    }
  }
  return Uint8Array.from(planes.flat(), (value) => Math.min(value, 255));
}

/** The largest differences from the picture, in a channel of the bars and of the ramp. */
export interface Difference {
  bars: number;
  ramp: number;
}

/** Compares a picture with what is shown. */
export function differenceOf({ width, height, bytes }: Shown): Difference {
  const differ = (x: number, y: number) => {
    const expected = colorAt(x, y, width, height);
    return Math.max(
      ...expected.map((value, i) => Math.abs(bytes[3 * (y * width + x) + i]! - value)),
    );
  };
  const bars = BARS.map((_, i) =>
    differ(Math.floor((i + 0.5) * width / BARS.length), Math.floor(height / 4))
  );
  const ramp = RAMP.map((part) => differ(Math.floor(part * width), Math.floor(0.85 * height)));
  return { bars: Math.max(...bars), ramp: Math.max(...ramp) };
}

/** Decodes the first frame of each file with ffmpeg, which converts it to RGB by what the file states. */
export async function showInFfmpeg(paths: readonly string[]): Promise<Shown[]> {
  await using dir = await tempDir();
  const format = words("-frames:v 1 -sws_flags accurate_rnd+full_chroma_int");
  const outputs = paths.flatMap((_, i) => ["-map", `${i}:v`, ...format, `${dir.path}/${i}.ppm`]);
  await ffmpeg([...paths.flatMap((path) => ["-i", path]), ...outputs]);
  return await Promise.all(paths.map((_, i) => parsePpm(`${dir.path}/${i}.ppm`)));
}

/** Reads a picture whose header has three lines: `P6`, its size, and its maximum. */
async function parsePpm(path: string): Promise<Shown> {
  const file = await Deno.readFile(path);
  const header = new TextDecoder().decode(file.subarray(0, 32)).split("\n", 3);
  const [width, height] = header[1]!.split(" ").map(Number) as [number, number];
  return { width, height, bytes: file.subarray(header.join("\n").length + 1) };
}

/** Shows files in Chromium, one after the other on one page; resolves with the first frame of each. */
export async function showInChromium(paths: readonly string[]): Promise<Shown[]> {
  await using server = Deno.serve({ port: 0, onListen() {} }, (request) => serve(request, paths));
  return await withChromium((browser) => showAll(browser, server.addr.port, paths));
}

async function serve(request: Request, paths: readonly string[]): Promise<Response> {
  const path = paths[Number(new URL(request.url).pathname.slice(1))];
  if (path === undefined) return new Response("", { headers: { "content-type": "text/html" } });
  const type = /\.(mp4|mov)$/.test(path) ? "video/mp4" : "video/webm";
  return new Response(await Deno.readFile(path), { headers: { "content-type": type } });
}

async function showAll(browser: Browser, port: number, paths: readonly string[]): Promise<Shown[]> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/page`);
  const shown: Shown[] = [];
  for (const index of paths.keys()) {
    const { width, height, rgba } = await page.evaluate<
      { width: number; height: number; rgba: string }
    >(`(${SHOW})("/${index}")`).catch((error) => {
      throw new Error(`Chromium does not show ${paths[index]}`, { cause: error });
    });
    const bytes = Uint8Array.fromBase64(rgba).filter((_, i) => i % 4 !== 3);
    shown.push({ width, height, bytes });
  }
  return shown;
}

/** Runs in the page: draws the first frame on a canvas. */
const SHOW = `async (src) => {
  const video = document.createElement("video");
  document.body.append(video);
  video.muted = true;
  await new Promise((resolve, reject) => {
    video.onerror = () => reject(new Error(video.error.message));
    video.requestVideoFrameCallback(resolve);
    video.src = src;
    video.play().catch(reject);
  });
  const canvas = document.createElement("canvas");
  const width = canvas.width = video.videoWidth;
  const height = canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, width, height);
  const rgba = new Uint8Array(context.getImageData(0, 0, width, height).data.buffer).toBase64();
  video.remove();
  return { width, height, rgba };
}`;
