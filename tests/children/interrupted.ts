/**
 * Opens clips, prints "recording", and ends in the middle of them.
 *
 *     deno run -A interrupted.ts END FOLDER RECORDERS [EXIT_SEC]
 *
 * END is a signal that the caller sends, or a way to end by itself. All the time it prints how many frames have arrived.
 *
 * @module
 */
import { RecordBin } from "../../mod.ts";
import { sleep } from "../../scripts/lib/sleep.ts";
import { recorderOf, runLive, SOURCE } from "../helpers/recording.ts";
import { sinkStats } from "../helpers/sink_stats.ts";

const [end, folder, recorders, exitSec] = Deno.args;

/** A bin that takes longer for a frame than any limit. */
class HangingBin extends RecordBin {
  static override readonly binString: string =
    "appsrc name=appsrc ! identity sleep-time=600000000 ! videoconvert ! vp8enc ! webmmux ! filesink name=filesink";
}

const app = await runLive(`${SOURCE} t. ! fakesink name=seen`);
const all = Array.from(
  { length: Number(recorders) },
  (_, i) =>
    recorderOf(app.pipeline, `${folder}/${end}-${i}${i % 2 ? ".mkv" : ".webm"}`, {
      windowSizeSec: 60,
      // a busy machine may need more than the default of 2 seconds
      exitTimeoutSec: Number(exitSec ?? 20),
      ...(exitSec !== undefined && i === 0 && { recordBinClass: HangingBin }),
    }),
);

let isEnding = false;
for (const recorder of all) {
  const close = recorder.close.bind(recorder);
  recorder.close = () => {
    isEnding = true;
    return close();
  };
}
/** Prints the number of frames that have arrived, as long as all of them belong into the clips. */
function printCount(): void {
  if (isEnding) return;
  console.log(`frames ${sinkStats(app.pipeline, "seen").rendered}`);
}

await sleep(0.5);
await Promise.all(all.map((recorder) => recorder.record({ maxDelaySec: 20 })));
await sleep(0.5);
setInterval(printCount, 10);
printCount();
console.log("recording");
if (end === "throw") throw new Error("uncaught on purpose");
if (end === "reject") Promise.reject(new Error("unhandled on purpose"));
if (end === "exit") Deno.exit(7);
await sleep(60);
