/**
 * Draws pictures of the commands in docs/images: types them in a shell, and draws its terminal.
 *
 *     deno task pictures          # all pictures
 *     deno task pictures verify   # this picture
 *
 * @module
 */
import { ROOT } from "./lib/paths.ts";
import { screenOf, terminalSvg } from "./terminal_picture.ts";

/** Keys to type, and the output to wait for before the next step. */
type Step = [keys: string, until: RegExp];

interface Session {
  /** The title of the picture, for readers who cannot see it. */
  title: string;
  /** Commands to run before, which are not shown. */
  before?: string;
  steps: Step[];
  env?: Record<string, string>;
}

const COLUMNS = 100;
const LIMIT_MS = 60_000;
const PROMPT = /\$ $/;
const FILES = `echo 'videotestsrc is-live=true pattern=ball ! video/x-raw,framerate=30/1 ! ` +
  `tee name=door ! fakesink' > camera.gstp; cp ${ROOT}pipeline.gstp .`;

/** Types a line, and waits for the next prompt. */
function line(text: string): Step {
  return [`${text}\r`, PROMPT];
}

/** The sessions to draw, by command. */
export const SESSIONS: Record<string, Session> = {
  record: {
    title:
      "gstp record writes a clip from before and after r was pressed; the last line is its status",
    before: FILES,
    steps: [
      ["gstp record camera.gstp --window=2\r", /door 2\.0\/2\.0 s/],
      ["r", /finished: [^]*\| last [^]* free/],
    ],
  },
  inspect: {
    title: "gstp inspect finds elements, and prints the pads and properties of one",
    steps: [
      line("gstp inspect --search='Matroska m'"),
      line("gstp inspect queue | grep -A 5 -E '^queue|^pads|leaky='"),
    ],
  },
  doctor: {
    title: "gstp doctor lists what is missing, and the packages to install for it",
    before: "mkdir plugins; " +
      "ln -s $(dirname $(gst-inspect-1.0 coreelements | sed -n 's/^ *Filename *//p'))/*.so plugins; " +
      "rm plugins/libgst{libav,png,rtp}.so",
    env: { GST_PLUGIN_SYSTEM_PATH_1_0: "plugins", GST_REGISTRY_1_0: "registry.bin" },
    steps: [line("gstp doctor | sed -n '/^what is missing/,$p'")],
  },
  verify: {
    title: "gstp verify finds one clip whole, and where another one was cut off",
    before: "gstp -q videotestsrc num-buffers=120 ! video/x-raw,framerate=30/1 ! vp8enc " +
      "! webmmux ! filesink location=whole.webm; cp whole.webm cut.webm; truncate -s -20K cut.webm",
    steps: [line("gstp verify whole.webm cut.webm"), line("echo $?")],
  },
  recover: {
    title: "gstp recover makes a clip from the .part file of a killed recorder",
    before: `${FILES}; gstp record camera.gstp --window=2 --container=webm --json > events & ` +
      "until grep -q armed events; do sleep 0.1; done; sleep 3; kill -USR2 $!; " +
      `until [ -n "$(find clips -name '*.part' -size +20k)" ]; do sleep 0.1; done; kill -KILL $!`,
    steps: [line("ls clips"), line("gstp recover clips"), line("gstp verify clips/*")],
  },
  setup: {
    title: "gstp setup prints the packages that it fetched, and where they are",
    steps: [line("gstp setup | sed 's| /.*/npm| $DENO_DIR/npm|'")],
  },
  completion: {
    title: "Tab completes the commands of gstp, and the placeholders of a file",
    before: FILES,
    steps: [
      line("source <(gstp completion bash)"),
      ["gstp re\t\t\t", /record +recover[^]*\$ gstp reco$/],
      ["\x15", /\[K$/],
      ["gstp pipeline.gstp --\t\t", /--pattern=[^]*\$ gstp pipeline.gstp --$/],
    ],
  },
};

/** Plays a session; resolves with all that was written to its terminal. */
async function play({ before, steps, env = {} }: Session): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const gstp = `#!/bin/sh\nexec "${Deno.execPath()}" run -A "${ROOT}cli.ts" "$@"\n`;
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/bin/gstp`, gstp, { mode: 0o755 });
    const options = {
      cwd: folder,
      env: { PATH: `${folder}/bin:${Deno.env.get("PATH")}`, DENO_NO_UPDATE_CHECK: "1" },
    };
    if (before !== undefined) {
      const args = ["-c", before];
      await new Deno.Command("bash", { ...options, args, stdout: "null", stderr: "null" }).output();
    }
    return await type(steps, {
      ...options,
      env: { ...options.env, ...env, TERM: "xterm-256color", CI: "" },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Types into a shell on a terminal of its own; resolves with all that was written to that. */
async function type(steps: Step[], options: Deno.CommandOptions): Promise<string> {
  const shell = `stty cols ${COLUMNS} rows 50; exec env PS1='$ ' bash --norc --noprofile -i`;
  const child = new Deno.Command("script", {
    ...options,
    args: ["--quiet", "--command", shell, "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const readUntil = async (pattern: RegExp): Promise<string> => {
    for (let text = "";;) {
      if (pattern.test(text)) return text;
      const { value, done } = await output.read();
      if (done) throw new Error(`The terminal never showed ${pattern}: ${text}`);
      text += value;
    }
  };
  try {
    let shown = await readUntil(PROMPT);
    for (const [keys, pattern] of steps) {
      await keyboard.write(new TextEncoder().encode(keys));
      shown += await readUntil(pattern);
    }
    return shown;
  } finally {
    // closing the terminal ends what still runs in it
    await output.cancel();
    await keyboard.close().catch(() => {});
    try {
      child.kill("SIGTERM");
    } catch { /* it has ended */ }
    await child.status;
  }
}

/** Plays a session; resolves with the lines of its terminal at the end, without the last prompt. */
export async function screenAfter(session: Session): Promise<string[]> {
  const lines = await screenOf(await play(session), COLUMNS);
  return lines.at(-1)?.trim() === "$" ? lines.slice(0, -1) : lines;
}

if (import.meta.main) {
  const names = Deno.args.length > 0 ? Deno.args : Object.keys(SESSIONS);
  for (const name of names) {
    const session = SESSIONS[name];
    if (session === undefined) {
      const all = Object.keys(SESSIONS).join(", ");
      console.error(`error: unknown picture "${name}" (there are: ${all})`);
      Deno.exit(2);
    }
    const svg = terminalSvg(session.title, await screenAfter(session));
    const path = `${ROOT}docs/images/${name}.svg`;
    await Deno.writeTextFile(path, svg);
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
    console.log(`docs/images/${name}.svg`);
  }
}
