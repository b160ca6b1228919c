/**
 * Starts up to a stage, prints "ready", and waits to be killed.
 *
 *     deno run -A stages.ts '"empty"'
 *
 * @module
 */
const stage: "empty" | "import" | "start" | "play" = JSON.parse(Deno.args[0]!);

if (stage !== "empty") {
  const { hasElement, Standalone } = await import("../../mod.ts");
  if (stage === "start") hasElement("fakesink");
  if (stage === "play") {
    await Standalone.buildAndRun(
      "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! fakesink",
      { background: true },
    );
  }
}
console.log("ready");
setInterval(() => {}, 1e6);
