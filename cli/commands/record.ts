/**
 * `gstp record`: records without a script.
 *
 * @module
 */
import { RECORD_OPTIONS } from "../args/options.ts";
import { readRecordArguments } from "../args/record_arguments.ts";
import { UsageError } from "../args/usage_error.ts";
import { LAZY_MODULES, loadLazyModule, SETUP_HINT } from "../npm/lazy_modules.ts";
import { pipelineText } from "../pipeline_file/pipeline_text.ts";
import type { StartServer } from "../record/server_interface.ts";
import { recordPipeline } from "../record/session.ts";
import type { CommandHelp } from "./help.ts";

/** The prose of the help. */
export const help: CommandHelp = {
  usage: [
    "[OPTION]... FILE.gstp [--NAME=VALUE]...",
    "[OPTION]... ELEMENT [PROPERTY=VALUE]... ! tee name=t1 ! ...",
  ],
  description: `
Runs a pipeline and arms a recorder at its tees. Each trigger writes a clip of
each tee, from before the trigger to after it; a trigger while a clip is open
extends that clip. Triggers are Enter and r on the terminal, the signal SIGUSR2,
and POST /record of the server that --listen starts.

--NAME=VALUE sets the placeholder {NAME} of the file.`,
  notes: {
    CLIPS: [`
.part files that a killed run left there become clips at the start, as by
gstp recover; files that another process is writing are left alone.`],
    SERVER: [
      [
        ["GET /", "the page: live pictures, a button, the clips"],
        [
          "POST /record",
          'a clip; JSON, all optional: {"tee": NAME, "before": SEC, "after": SEC, ' +
          '"at": SEC of running time}',
        ],
        ["GET /status", "state, ring buffers, open clips, disk, as JSON"],
        ["GET /clips", "newest first, as JSON; ?limit=N"],
        ["GET /clips/NAME", "a clip, whole or in parts"],
        ["GET /snapshot.jpg", "the newest picture; ?tee=NAME"],
        [
          "GET /events",
          "server-sent events: armed, recording, finished, failed, removed, recovered, " +
          "unrecovered, and status each second",
        ],
        ["GET /metrics", "metrics for Prometheus"],
      ],
      `
With a token, requests carry "Authorization: Bearer TOKEN"; the page asks for
it. Without one, the server answers only to the names of this machine. In
neither case does it answer to pages of other sites.`,
    ],
    RUNNING: [`
On a terminal, a line shows the ring buffers, open clips, the last clip and
the disk.`],
  },
  exitStatus: `
As for running a pipeline: 0 end of the stream or a clean interrupt; 1 the
pipeline or a recorder failed; 2 the command line, a file or a permission is
wrong; 129, 130 or 143 forced. A clip that fails does not end the run.`,
  examples: [
    "gstp record videotestsrc is-live=true ! tee name=t1 ! fakesink",
    "gstp record camera.gstp --max-bytes=20G --max-age=7d --listen=8080",
    "curl -X POST localhost:8080/record",
  ],
};

/** Records a pipeline. */
export async function run(args: string[]): Promise<number> {
  const options = readRecordArguments(args);
  const text = await pipelineText(options.run, RECORD_OPTIONS);
  if (!options.run.dryRun) return await recordPipeline(text, options, loadServer);
  console.log(text.trim());
  return 0;
}

/** Loads the server, with the libraries that only it needs. */
async function loadServer(): Promise<StartServer> {
  try {
    const { RecordServer } = await loadLazyModule<typeof import("../server/server.ts")>(
      LAZY_MODULES.server,
    );
    return (options) => new RecordServer(options);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`${(error as Error).message}. ${SETUP_HINT}`);
  }
}
