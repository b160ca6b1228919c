/**
 * Which Debian package has an element, for the messages of missing ones.
 *
 * @module
 */

/** Element names by package; a name that ends in `*` stands for all that begin so. */
const ELEMENTS: Record<string, string> = {
  "gstreamer1.0-plugins-base":
    "appsink appsrc audioconvert audiomixer audiorate audioresample audiotestsrc compositor decodebin " +
    "decodebin3 encodebin giosrc oggdemux oggmux opusdec opusenc overlaycomposition parsebin playbin playbin3 " +
    "rawvideoparse rawaudioparse subparse tcpclientsink tcpclientsrc tcpserversink tcpserversrc theoradec " +
    "theoraenc uridecodebin uridecodebin3 videoconvert videoconvertscale videorate " +
    "videoscale videotestsrc volume vorbisdec vorbisenc",
  "gstreamer1.0-x": "clockoverlay textoverlay textrender timeoverlay ximagesink xvimagesink",
  "gstreamer1.0-gl":
    "glimagesink glupload gldownload glcolorconvert glcolorscale gltransformation glvideomixer gltestsrc",
  "gstreamer1.0-alsa": "alsasink alsasrc",
  "gstreamer1.0-gtk3": "gtksink gtkglsink",
  "gstreamer1.0-plugins-good":
    "aacparse ac3parse alpha autoaudiosink autoaudiosrc autovideosink autovideosrc avidemux avimux cairooverlay capssetter " +
    "deinterlace flacdec flacenc flvdemux flvmux gdkpixbufoverlay imagefreeze jpegdec jpegenc lamemp3enc level " +
    "matroskademux matroskamux mp4mux mpg123audiodec multifilesink multifilesrc multipartdemux multipartmux " +
    "pngdec pngenc qtdemux qtmux rtp* rtsp* souphttpsrc spectrum splitfilesrc splitmuxsink splitmuxsrc " +
    "pulsesink pulsesrc udpsink udpsrc v4l2* videobalance videobox videocrop videoflip vp8dec vp8enc vp9dec vp9enc wavenc wavparse webmmux y4menc ximagesrc",
  "gstreamer1.0-plugins-bad":
    "av1enc av1dec av1parse codecalpha* debugqroverlay dvb* errorignore faad fakevideosink h264parse h265parse " +
    "hlsdemux hlssink hlssink2 intervideosink intervideosrc kmssink mpegtsmux mxfdemux mxfmux nvh264* nvh265* " +
    "openh264dec openh264enc opusparse qroverlay rtmp* shmsink shmsrc srt* srtpdec srtpenc timecodestamper " +
    "tsdemux va* vah264* vah265* videoparsersbad vp9parse waylandsink webrtcbin webrtcdsp x265enc zbar",
  "gstreamer1.0-plugins-ugly": "asfdemux x264enc a52dec mpeg2dec amrnbdec amrnbenc",
  "gstreamer1.0-libav": "av*",
  "gstreamer1.0-nice": "nicesink nicesrc",
  "gstreamer1.0-vaapi": "vaapi*",
};

/**
 * The Debian package that has an element, as far as it is known here.
 *
 * @example
 * ```ts
 * import { packageOf } from "./packages.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(packageOf("x264enc"), "gstreamer1.0-plugins-ugly");
 * assertEquals(packageOf("nosuchelement"), undefined);
 * ```
 */
export function packageOf(element: string): string | undefined {
  const names = (list: string) => list.split(" ");
  const entries = Object.entries(ELEMENTS);
  const exact = entries.find(([, list]) => names(list).includes(element));
  const prefix = entries.find(([, list]) =>
    names(list).some((name) => name.endsWith("*") && element.startsWith(name.slice(0, -1)))
  );
  return (exact ?? prefix)?.[0];
}
