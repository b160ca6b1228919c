/**
 * The page of `gstp record`, in a browser.
 */
import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { words } from "../../../scripts/lib/run.ts";
import { hasChromium, withChromium } from "../../helpers/chromium.ts";
import { startGstp } from "../../helpers/cli.ts";
import { ffmpeg } from "../../helpers/ffmpeg.ts";
import { ringsFull } from "../../helpers/recording_command.ts";
import { writeRecord } from "../../helpers/own_clips.ts";
import { tempDir } from "../../helpers/temp_dir.ts";
import { until } from "../../helpers/wait.ts";

const LIMIT_MS = 20_000;
const WIDTH = 320;

const ignore = !await hasChromium("The page is not tested");

/** Runs the command on two tees, and a browser. */
async function withBrowser(
  args: string[],
  use: (browser: Browser, url: string) => Promise<void>,
  prepare = (_folder: string): Promise<void> => Promise.resolve(),
): Promise<void> {
  await using dir = await tempDir();
  const text = ["t1", "t2"].map((tee) =>
    `videotestsrc is-live=true pattern=ball ! video/x-raw,width=${WIDTH},height=240,framerate=30/1 ` +
    `! tee name=${tee} ! fakesink`
  );
  const folder = `${dir.path}/clips`;
  await Deno.mkdir(folder);
  await prepare(folder);
  const options = ["--listen=0", `--out=${folder}`, "--window=1", ...args];
  const child = startGstp(["record", ...options, ...words(text.join(" "))]);
  const output = await child.until("record with: ");
  const [, url = ""] = /listening on (http:\S+)\//.exec(output) ?? [];
  try {
    await withChromium((browser) => use(browser, url));
  } finally {
    child.kill("SIGTERM");
    await child.result;
  }
}

/** Opens the page, and collects its errors and warnings. */
async function openPage(
  browser: Browser,
  url: string,
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  page.setDefaultTimeout(LIMIT_MS);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error" || line.type() === "warning") problems.push(line.text());
  });
  await page.goto(url);
  return { page, problems };
}

/** Waits until something is true in the page. */
async function untilTrue(page: Page, expression: string): Promise<void> {
  await until(expression, () => page.evaluate<boolean>(expression));
}

/** Plays the first clip of the list; resolves with its size and duration once it plays. */
async function playFirst(page: Page): Promise<{ width: number; duration: number }> {
  await page.locator(".clip .play").first().click();
  await untilTrue(page, `document.querySelector("#player").currentTime > 0.3`);
  const width = await page.evaluate(`document.querySelector("#player").videoWidth`);
  const duration = await page.evaluate(`document.querySelector("#player").duration`);
  return { width: Number(width), duration: Number(duration) };
}

for (const container of ["mp4", "webm"]) {
  Deno.test({
    name: `gstp record's page records and plays a .${container} clip in Chromium`,
    ignore,
    async fn() {
      await withBrowser([`--container=${container}`], async (browser, url) => {
        await ringsFull(url);
        const { page, problems } = await openPage(browser, url);
        await page.locator(".tee").nth(1).waitFor();
        assertEquals(await page.locator(".tee .name").allTextContents(), ["t1", "t2"]);
        // pictures come one after another
        const preview = `document.querySelectorAll(".preview")[1]`;
        await untilTrue(page, `${preview}.naturalWidth === ${WIDTH}`);
        const first = await page.evaluate(`${preview}.src`);
        await untilTrue(page, `${preview}.src !== ${JSON.stringify(first)}`);

        await page.getByRole("button", { name: "Record t2" }).click();
        await page.locator(".tee.recording").waitFor();
        await page.locator(".clip").waitFor();
        assertStringIncludes(await page.locator(".clip .facts").textContent() ?? "", "2.0 s, ");
        assertStringIncludes(await page.locator(".clip .facts").textContent() ?? "", "_t2.");
        await untilTrue(page, `document.querySelector(".thumb").videoWidth === ${WIDTH}`);
        const { width, duration } = await playFirst(page);
        assertEquals(width, WIDTH);
        assert(Math.abs(duration - 2) < 0.05, `${duration} s`);
        // seeking takes ranges
        await page.evaluate(`document.querySelector("#player").currentTime = 1.5`);
        await untilTrue(page, `document.querySelector("#player").currentTime >= 1.5`);
        // nothing overflows on a phone
        const overflow = `document.documentElement.scrollWidth - innerWidth`;
        assertEquals(await page.evaluate(overflow), 0);
        assertEquals(problems, []);
      });
    },
  });
}

Deno.test({
  name: "gstp record's page takes the token, shows names as text, and removes clips",
  ignore,
  async fn() {
    const token = "correct-horse-battery-staple";
    const args = [`--token=${token}`, "--max-files=2", "--min-age=0s"];
    const name = "<img src=x onerror=alert(1)>&amp;'\" #?%.mp4";
    const prepare = async (folder: string) => {
      await Deno.writeTextFile(`${folder}/${name}`, "no video");
      writeRecord(`${folder}/${name}`);
    };
    await withBrowser(args, async (browser, url) => {
      const { page } = await openPage(browser, url);
      await page.getByLabel("Token").fill("a wrong one, which is long");
      await page.getByRole("button", { name: "Open" }).click();
      await page.getByText("The token is missing or wrong").waitFor();
      await page.getByLabel("Token").fill(token);
      await page.getByRole("button", { name: "Open" }).click();
      await page.locator(".clip").waitFor();
      const facts = await page.locator(".clip .facts").first().textContent();
      assertStringIncludes(facts ?? "", name);
      assertEquals(await page.locator("#clips img").count(), 0);
      const link = await page.locator(".clip a").first().getAttribute("href");
      const cookies = await page.context().cookies();
      assertEquals(cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite]), [
        [true, "Strict"],
      ]);
      const clip = await page.request.get(url + link);
      assertEquals([clip.status(), await clip.text()], [200, "no video"]);

      const previewed = `document.querySelector(".preview").naturalWidth === ${WIDTH}`;
      await untilTrue(page, previewed);
      for (let clips = 1; clips <= 2; clips++) {
        await page.getByRole("button", { name: "Record t1" }).click();
        await untilTrue(
          page,
          `[...document.querySelectorAll(".facts")]
            .filter((one) => one.textContent.includes("_t1.")).length === ${clips}`,
        );
      }
      // the oldest was removed
      await untilTrue(page, `document.querySelectorAll(".clip").length === 2`);
      assertGreater((await playFirst(page)).width, 0);

      await page.getByRole("button", { name: "Log out" }).click();
      await page.getByLabel("Token").waitFor();
      assertEquals(await page.context().cookies(), []);
      assertEquals(await page.locator("#main").isVisible(), false);
    }, prepare);
  },
});

Deno.test({
  name: "gstp record's page says why a clip cannot be played, and offers the file",
  ignore,
  async fn() {
    const prepare = async (folder: string) => {
      const source = ["-f", "lavfi", "-i", "testsrc=duration=1:size=320x240", "-f", "lavfi"];
      const sound = ["-i", "sine=duration=1", "-c:v", "mjpeg", "-c:a", "pcm_mulaw", "-ar", "8000"];
      await ffmpeg([...source, ...sound, "-pix_fmt", "yuvj420p", `${folder}/camera.mkv`]);
      writeRecord(`${folder}/camera.mkv`, ["image/jpeg", "audio/x-mulaw"]);
    };
    await withBrowser([], async (browser, url) => {
      const { page } = await openPage(browser, url);
      await page.locator(".clip.unplayable").waitFor();
      assertEquals(
        await page.locator(".reason").textContent(),
        "This browser does not play JPEG pictures and \u00b5-law sound in .mkv: download it for another " +
          "player. gstp record --encoded records video that browsers play.",
      );
      assert(await page.locator(".play").isDisabled());
      const link = await page.locator(".download").getAttribute("href");
      assertEquals((await page.request.get(url + link)).status(), 200);
    }, prepare);
  },
});
