/**
 * An RTSP camera: a server on the loopback interface that streams a pipeline, whose payloader is named `pay0`, at
 * `/camera`. Prints its URL, and serves until it is killed.
 *
 *     deno run -A tests/children/rtsp_server.ts TEXT [OPTIONS]
 *
 * The options are JSON of {@link ServerOptions}.
 *
 * @module
 */
import { sleep } from "../../scripts/lib/sleep.ts";

/** How a server differs from one that anybody may ask for a pipeline that starts with the first client. */
export interface ServerOptions {
  /** The TCP port. Defaults to any free one. */
  port?: number;
  /** Where the stream is. Defaults to `/camera`. */
  path?: string;
  /** The user who may watch, with the password. By default anybody may. */
  user?: string;
  password?: string;
  /** How the password is asked for. Defaults to `digest`. */
  auth?: "basic" | "digest";
  /**
   * Whether the pipeline starts with the server and goes on without clients. The server then prints `started N`, the
   * wall-clock time of the running time 0 in milliseconds.
   */
  isEager?: boolean;
  /** Whether the elements `gate0` and `gate1` of an eager server, which are valves, close before it prints that. SIGUSR1 opens them. */
  isSilent?: boolean;
}

const GST_STATE_PLAYING = 4;
const GST_STATE_CHANGE_SUCCESS = 1;
const AUTH_METHODS = { basic: 1, digest: 2 };

const text = (value: string) => new TextEncoder().encode(`${value}\0`);

const gst = Deno.dlopen("libgstreamer-1.0.so.0", {
  gst_init: { parameters: ["pointer", "pointer"], result: "void" },
  g_main_loop_new: { parameters: ["pointer", "i32"], result: "pointer" },
  g_main_loop_run: { parameters: ["pointer"], result: "void", nonblocking: true },
  gst_parse_launch: { parameters: ["buffer", "pointer"], result: "pointer" },
  gst_element_set_state: { parameters: ["pointer", "i32"], result: "i32" },
  gst_element_get_state: {
    parameters: ["pointer", "pointer", "pointer", "u64"],
    result: "i32",
  },
  gst_element_get_base_time: { parameters: ["pointer"], result: "u64" },
  gst_element_get_clock: { parameters: ["pointer"], result: "pointer" },
  gst_clock_get_time: { parameters: ["pointer"], result: "u64" },
  gst_bin_get_by_name: { parameters: ["pointer", "buffer"], result: "pointer" },
  gst_util_set_object_arg: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
}).symbols;
const url = Deno.dlopen("libgstrtsp-1.0.so.0", {
  gst_rtsp_url_parse: { parameters: ["buffer", "buffer"], result: "i32" },
}).symbols;
const rtsp = Deno.dlopen("libgstrtspserver-1.0.so.0", {
  gst_rtsp_server_new: { parameters: [], result: "pointer" },
  gst_rtsp_server_set_address: { parameters: ["pointer", "buffer"], result: "void" },
  gst_rtsp_server_set_service: { parameters: ["pointer", "buffer"], result: "void" },
  gst_rtsp_server_set_auth: { parameters: ["pointer", "pointer"], result: "void" },
  gst_rtsp_server_get_bound_port: { parameters: ["pointer"], result: "i32" },
  gst_rtsp_server_get_mount_points: { parameters: ["pointer"], result: "pointer" },
  gst_rtsp_server_attach: { parameters: ["pointer", "pointer"], result: "u32" },
  gst_rtsp_media_factory_new: { parameters: [], result: "pointer" },
  gst_rtsp_media_factory_construct: { parameters: ["pointer", "pointer"], result: "pointer" },
  gst_rtsp_media_factory_set_launch: { parameters: ["pointer", "buffer"], result: "void" },
  gst_rtsp_media_factory_set_permissions: { parameters: ["pointer", "pointer"], result: "void" },
  gst_rtsp_media_factory_set_shared: { parameters: ["pointer", "i32"], result: "void" },
  gst_rtsp_media_get_element: { parameters: ["pointer"], result: "pointer" },
  gst_rtsp_mount_points_add_factory: {
    parameters: ["pointer", "buffer", "pointer"],
    result: "void",
  },
  gst_rtsp_auth_new: { parameters: [], result: "pointer" },
  gst_rtsp_auth_set_supported_methods: { parameters: ["pointer", "i32"], result: "void" },
  gst_rtsp_auth_make_basic: { parameters: ["buffer", "buffer"], result: "pointer" },
  gst_rtsp_auth_add_basic: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  gst_rtsp_auth_add_digest: {
    parameters: ["pointer", "buffer", "buffer", "pointer"],
    result: "void",
  },
  gst_rtsp_permissions_new: { parameters: [], result: "pointer" },
  gst_rtsp_permissions_add_permission_for_role: {
    parameters: ["pointer", "buffer", "buffer", "i32"],
    result: "void",
  },
  gst_rtsp_token_new_empty: { parameters: [], result: "pointer" },
  gst_rtsp_token_set_string: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
}).symbols;

const options: ServerOptions = JSON.parse(Deno.args[1] ?? "{}");
const { port = 0, path = "/camera", user = "", password = "", auth = "digest" } = options;
gst.gst_init(null, null);
const server = rtsp.gst_rtsp_server_new();
rtsp.gst_rtsp_server_set_address(server, text("127.0.0.1"));
rtsp.gst_rtsp_server_set_service(server, text(String(port))); // 0 is any free port
const factory = rtsp.gst_rtsp_media_factory_new();
rtsp.gst_rtsp_media_factory_set_launch(factory, text(Deno.args[0]!));
rtsp.gst_rtsp_media_factory_set_shared(factory, 1);
if (user !== "") protect();
const mounts = rtsp.gst_rtsp_server_get_mount_points(server);
rtsp.gst_rtsp_mount_points_add_factory(mounts, text(path), factory);
if (rtsp.gst_rtsp_server_attach(server, null) === 0) throw new Error("Cannot start the server");
const running = gst.g_main_loop_run(gst.g_main_loop_new(null, 0));
const location = `rtsp://127.0.0.1:${rtsp.gst_rtsp_server_get_bound_port(server)}${path}`;
if (options.isEager) await play();
console.log(location);
await running;

/** Lets the user alone watch. */
function protect(): void {
  const token = rtsp.gst_rtsp_token_new_empty();
  rtsp.gst_rtsp_token_set_string(token, text("media.factory.role"), text("viewer"));
  const guard = rtsp.gst_rtsp_auth_new();
  rtsp.gst_rtsp_auth_set_supported_methods(guard, AUTH_METHODS[auth]);
  if (auth === "basic") {
    const basic = rtsp.gst_rtsp_auth_make_basic(text(user), text(password));
    rtsp.gst_rtsp_auth_add_basic(guard, basic, token);
  } else {
    rtsp.gst_rtsp_auth_add_digest(guard, text(user), text(password), token);
  }
  rtsp.gst_rtsp_server_set_auth(server, guard);
  const permissions = rtsp.gst_rtsp_permissions_new();
  for (const permission of ["media.factory.access", "media.factory.construct"]) {
    rtsp.gst_rtsp_permissions_add_permission_for_role(
      permissions,
      text("viewer"),
      text(permission),
      1,
    );
  }
  rtsp.gst_rtsp_media_factory_set_permissions(factory, permissions);
}

/** Plays the stream here: a shared pipeline ends with its last client. */
async function play(): Promise<void> {
  const client = gst.gst_parse_launch(
    text(
      `rtspsrc location=${location} protocols=tcp latency=0 user-id="${user}" user-pw="${password}" ` +
        "! fakesink sync=false",
    ),
    null,
  );
  gst.gst_element_set_state(client, GST_STATE_PLAYING);
  while (gst.gst_element_get_state(client, null, null, 0n) !== GST_STATE_CHANGE_SUCCESS) {
    await sleep(0.005);
  }
  const bin = mediaBin();
  if (options.isSilent) setGates(bin, false);
  Deno.addSignalListener("SIGUSR1", () => setGates(bin, true));
  const now = gst.gst_clock_get_time(gst.gst_element_get_clock(bin));
  const nsec = now - gst.gst_element_get_base_time(bin);
  console.log(`started ${Date.now() - Number(nsec) / 1e6}`);
}

/** Returns the bin of the running pipeline. */
function mediaBin(): Deno.PointerValue {
  const parsed = new BigUint64Array(1);
  url.gst_rtsp_url_parse(text(location), parsed);
  const media = rtsp.gst_rtsp_media_factory_construct(
    factory,
    Deno.UnsafePointer.create(parsed[0]!),
  );
  return rtsp.gst_rtsp_media_get_element(media);
}

/** Opens or closes the valves. */
function setGates(bin: Deno.PointerValue, isOpen: boolean): void {
  for (const name of ["gate0", "gate1"]) {
    const gate = gst.gst_bin_get_by_name(bin, text(name));
    if (gate !== null) gst.gst_util_set_object_arg(gate, text("drop"), text(String(!isOpen)));
  }
}
