/**
 * `gstp record`: recorders that wait for something to happen, without a script.
 *
 * @module
 */
import { isRecordOption, readRecordArguments } from "../args/record_arguments.ts";
import { recordPipeline } from "../record/session.ts";
import { UsageError } from "../args/usage_error.ts";
import { pipelineText } from "../pipeline_file/pipeline_file.ts";

/** What `gstp record --help` prints. */
export const help = `NAME
  gstp record - keep the last seconds, and write them when something happens

USAGE
  gstp record [OPTION]... FILE.gstp [--NAME=VALUE]...
  gstp record [OPTION]... ELEMENT [PROPERTY=VALUE]... ! tee name=t1 ! ...

DESCRIPTION
  Runs a pipeline and arms a recorder at its tees. Each trigger writes a clip
  of each tee, from before the trigger to after it; one that comes while a clip
  is open makes that longer. Triggers are Enter and r on the terminal, the
  signal SIGUSR2, and POST /record of the server that --listen starts.

  --NAME=VALUE sets the placeholder {NAME} of the file; one with the name of an
  option is set after --.

WHAT TO RECORD
  --tee=NAME           the tee; may be repeated (each tee that has a name).
                       --tee=VIDEO+SOUND records two tees into one file.
  --window=SEC         what the ring holds (5)
  --before=SEC         what a clip has before its trigger (the window)
  --after=SEC          what it has after its last one (the window)
  --max-clip=SEC       how long triggers may make a clip; one beyond that begins
                       the next, with all that it asks for: the two overlap
  --encoded            keep raw video encoded: minutes in the memory of seconds
  --max-ring-bytes=N   what the ring of a tee may take, such as 500M
  --copy-frames        copy frames into the ring: for a source that stands still
                       as it has few buffers, where that is not seen by itself

CLIPS
  --out=FOLDER         where they go (clips)
  --container=NAME     mp4, webm, mkv, mov or ts (the first of mp4, webm and mkv
                       that takes what flows; encoded video stays as it is)
  --max-files=N        remove the oldest clips beyond so many,
  --max-bytes=SIZE     beyond such a size of all together, such as 20G,
  --max-age=TIME       or beyond such an age: 90s, 12h, 7d. All clips of the
                       folder count; one that is being written is never removed.

  What a run that was killed has left there (.part) becomes clips at the start,
  as by gstp recover; files that another process is writing are left alone.

SERVER
  --listen=[HOST:]PORT serve a page and an API, on this machine unless HOST says
                       otherwise: then there must be a token
  --token=TOKEN        what requests must have. GSTP_TOKEN in the environment
                       does the same, and is not seen by other users.

  GET /                the page: live pictures, a button, the clips
  POST /record         a clip; JSON, all optional: {"tee": NAME, "before": SEC,
                       "after": SEC, "at": SEC of running time}
  GET /status          state, rings, open clips, disk, as JSON
  GET /clips           newest first, as JSON; ?limit=N
  GET /clips/NAME      a clip, whole or in parts
  GET /snapshot.jpg    the newest picture; ?tee=NAME
  GET /events          what happens, as server-sent events: armed, recording,
                       finished, failed, removed, recovered, unrecovered, and
                       status each second
  GET /metrics         figures for Prometheus

  With a token, requests carry "Authorization: Bearer TOKEN"; the page asks for
  it. Without, the server answers only under the name of this machine, and in
  both cases not to pages of other sites.

RUNNING
  --timeout=SEC        finish after SEC seconds of playing
  --dry-run            print the pipeline, and do not run it
  --json               print a line of JSON for each event
  --status=SEC         and one for the status each SEC seconds
  -v, --verbose        print negotiated caps, and the debug text of errors
  -m, --messages       print the messages of the pipeline's bus
  -q, --quiet          print errors only
  -h, --help           print this

  On a terminal, a line shows the rings, open clips, the last clip and the disk.

EXIT STATUS
  As for running a pipeline: 0 end of the stream or a clean interrupt, 1 the
  pipeline or a recorder failed, 2 the command line, a file or a permission is
  wrong, 129, 130 or 143 forced. A clip that fails does not end the run.

EXAMPLES
  gstp record videotestsrc is-live=true ! tee name=t1 ! fakesink
  gstp record camera.gstp --max-bytes=20G --max-age=7d --listen=8080
  curl -X POST localhost:8080/record
`;

/**
 * Runs the command.
 *
 * @returns The exit status.
 */
export async function run(args: string[]): Promise<number> {
  const options = readRecordArguments(args);
  const { source, flags, dryRun, observe } = options.run;
  if (source === undefined) throw new UsageError("No pipeline is given");
  if (observe !== undefined) throw new UsageError("--obs is for running a pipeline alone");
  const text = await pipelineText(source, flags, isRecordOption);
  if (!dryRun) return await recordPipeline(text, options);
  console.log(text.trim());
  return 0;
}
