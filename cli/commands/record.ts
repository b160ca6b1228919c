/**
 * `gstp record`: records without a script.
 *
 * @module
 */
import { RetentionPolicy } from "../../mod.ts";
import { RECORD_OPTIONS } from "../args/options.ts";
import { unknownOption } from "../args/read_options.ts";
import { readRecordArguments, type RecordArguments } from "../args/record_arguments.ts";
import { LAZY_MODULES, loadLazyModule } from "../npm/lazy_modules.ts";
import { pipelineText } from "../pipeline_file/pipeline_text.ts";
import type { StartServer } from "../record/server_interface.ts";
import { readCameraSources } from "../record/cameras.ts";
import { recordSource } from "../record/session.ts";
import { formatBytes } from "../terminal/format.ts";
import type { CommandHelp } from "./help.ts";
import { printError, printRaw } from "../terminal/print.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: [
    "[OPTION]... FILE.gstp [--NAME=VALUE]...",
    "[OPTION]... CAMERA.gstp CAMERA.gstp... | NAME=ADDRESS...",
    "[OPTION]... ELEMENT [PROPERTY=VALUE]... ! tee name=t1 ! ...",
  ],
  description: `
Runs a pipeline and keeps the last seconds of its tees in ring buffers. Each
trigger writes a clip of each tee, from before the trigger to after it; a trigger
while a clip is open extends that clip. Triggers are Enter and r on the terminal, the signal SIGUSR2,
and POST /record of the server that --listen starts.

--NAME=VALUE sets the placeholder {NAME} of the file.

Several files, and names with addresses, are cameras: rtsp://HOST/PATH, rtsps://HOST/PATH, v4l2:/dev/video0 or test:. Each is
connected to again whenever it fails, and recorded whenever it is there; none costs another one a frame.`,
  notes: {
    CLIPS: [`
Each has its record beside it, NAME.json. Limits and recovery touch only files
with such a record or a name as gstp record gives, 2026-11-26T14-03-12.345Z_t1.mp4:
a folder may be shared. --dry-run lists what the limits would remove.

.part files that a killed run left there are recovered once recording runs, as by
gstp recover; files that another process is writing are left alone.`],
    SERVER: [
      [
        ["GET /", "the page: live pictures, a record button, the clips"],
        [
          "POST /record",
          'record a clip; optional JSON: {"tee": NAME, "before": SEC, "after": SEC, ' +
          '"at": SEC of running time}',
        ],
        ["GET /status", "state, ring buffers, open clips, disk, as JSON"],
        ["GET /clips", "the clips as JSON, newest first; ?limit=N"],
        ["GET /clips/NAME", "a clip; range requests work"],
        ["GET /snapshot.jpg", "the newest frame as an image; ?tee=NAME"],
        [
          "GET /events",
          "server-sent events: armed, recording, finished, warning, failed, removed, " +
          "recovered, unrecovered, and status every second",
        ],
        ["GET /cameras", "the cameras: state, reason, since when, next try"],
        ["POST /cameras/NAME/ACTION", "record, retry, on or off"],
        ["GET /health", "200, or 503 with the cameras that are not live"],
        ["POST /session", "begin a session of the page; DELETE ends it"],
        ["GET /metrics", "metrics for Prometheus"],
      ],
      `
With a token, requests carry "Authorization: Bearer TOKEN"; the page asks for
it. Without one, the server can only be addressed as localhost or by a loopback
address. Requests from pages of other sites are always refused.`,
    ],
    RUNNING: [`
On a terminal, a line shows the ring buffers, open clips, the last clip and
the disk.`],
  },
  exitStatus: `
As for running a pipeline: 0 end of the stream or a clean interrupt; 1 the
pipeline or a recorder failed; 2 the command line, a file or a permission is
wrong; 129, 130 or 143 if it did not finish after a signal. A clip that fails does not end the run.`,
  examples: [
    "gstp record videotestsrc is-live=true ! tee name=t1 ! fakesink",
    "gstp record camera.gstp --max-bytes=20G --max-age=7d --listen=8080",
    "curl -X POST localhost:8080/record",
  ],
};

/** Records a pipeline. */
export async function run(args: string[]): Promise<number> {
  const options = readRecordArguments(args);
  const source = options.cameras.length > 0
    ? await camerasOf(options)
    : await pipelineText(options.run, RECORD_OPTIONS);
  if (!options.run.dryRun) return await recordSource(source, options, loadServer);
  printRaw(typeof source === "string" ? source.trim() : [...source.keys()].join("\n"));
  await previewLimits(options);
  return 0;
}

async function camerasOf({ cameras, run: { flags: [flag] }, sound }: RecordArguments) {
  if (flag !== undefined) {
    throw unknownOption(flag.name, RECORD_OPTIONS, " (several cameras take no placeholders)");
  }
  return await readCameraSources(cameras, sound);
}

/** Prints the clips that the limits would remove at the start. */
async function previewLimits({ folder, limits }: RecordArguments): Promise<void> {
  if (limits === undefined) return;
  const removed = await new RetentionPolicy({ ...limits, directory: folder }).preview();
  for (const { path, bytes, reason } of removed) {
    printError(`gstp: would remove ${path} (${formatBytes(bytes)}, limit: ${reason})`);
  }
  if (removed.length === 0) printError(`gstp: the limits would remove nothing in ${folder}`);
}

/** Loads the server, with the libraries that only it needs. */
async function loadServer(): Promise<StartServer> {
  const { RecordServer } = await loadLazyModule<typeof import("../server/server.ts")>(
    LAZY_MODULES.server,
  );
  return (options) => RecordServer.start(options);
}
