/**
 * An RTSP camera: a server on the loopback interface that streams a pipeline, whose payloader is named `pay0`, at
 * `/camera`. Prints its URL, and serves until it is killed.
 *
 *     deno run -A tests/children/rtsp_server.ts TEXT
 *
 * @module
 */
const text = (value: string) => new TextEncoder().encode(`${value}\0`);

const gst = Deno.dlopen("libgstreamer-1.0.so.0", {
  gst_init: { parameters: ["pointer", "pointer"], result: "void" },
  g_main_loop_new: { parameters: ["pointer", "i32"], result: "pointer" },
  g_main_loop_run: { parameters: ["pointer"], result: "void" },
}).symbols;
const rtsp = Deno.dlopen("libgstrtspserver-1.0.so.0", {
  gst_rtsp_server_new: { parameters: [], result: "pointer" },
  gst_rtsp_server_set_address: { parameters: ["pointer", "buffer"], result: "void" },
  gst_rtsp_server_set_service: { parameters: ["pointer", "buffer"], result: "void" },
  gst_rtsp_server_get_bound_port: { parameters: ["pointer"], result: "i32" },
  gst_rtsp_server_get_mount_points: { parameters: ["pointer"], result: "pointer" },
  gst_rtsp_server_attach: { parameters: ["pointer", "pointer"], result: "u32" },
  gst_rtsp_media_factory_new: { parameters: [], result: "pointer" },
  gst_rtsp_media_factory_set_launch: { parameters: ["pointer", "buffer"], result: "void" },
  gst_rtsp_media_factory_set_shared: { parameters: ["pointer", "i32"], result: "void" },
  gst_rtsp_mount_points_add_factory: {
    parameters: ["pointer", "buffer", "pointer"],
    result: "void",
  },
}).symbols;

gst.gst_init(null, null);
const server = rtsp.gst_rtsp_server_new();
rtsp.gst_rtsp_server_set_address(server, text("127.0.0.1"));
rtsp.gst_rtsp_server_set_service(server, text("0")); // any free port
const factory = rtsp.gst_rtsp_media_factory_new();
rtsp.gst_rtsp_media_factory_set_launch(factory, text(Deno.args[0]!));
rtsp.gst_rtsp_media_factory_set_shared(factory, 1);
const mounts = rtsp.gst_rtsp_server_get_mount_points(server);
rtsp.gst_rtsp_mount_points_add_factory(mounts, text("/camera"), factory);
if (rtsp.gst_rtsp_server_attach(server, null) === 0) throw new Error("Cannot start the server");
console.log(`rtsp://127.0.0.1:${rtsp.gst_rtsp_server_get_bound_port(server)}/camera`);
gst.g_main_loop_run(gst.g_main_loop_new(null, 0));
