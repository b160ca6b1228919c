/**
 * The Debian packages of elements, for hints about missing ones.
 *
 * @module
 */

/** The elements of each package in Debian 12. A name that ends in `*` is a prefix, for elements without an entry of their own. */
const ELEMENTS: Record<string, string> = {
  "gstreamer1.0-plugins-base":
    "adder appsink appsrc audioconvert audiointerleave audiomixer audiorate audioresample audiotestsrc cdparanoiasrc " +
    "compositor decodebin decodebin3 encodebin encodebin2 giosink giosrc giostreamsink giostreamsrc liveadder " +
    "multifdsink multisocketsink oggdemux oggmux oggparse opusdec opusenc overlaycomposition parsebin playbin " +
    "playbin3 playsink rawaudioparse rawvideoparse socketsrc ssaparse streamsynchronizer subparse subtitleoverlay " +
    "tcpclientsink tcpclientsrc tcpserversink tcpserversrc theoradec theoraenc theoraparse unalignedaudioparse " +
    "unalignedvideoparse uridecodebin uridecodebin3 urisourcebin videoconvert videoconvertscale videorate videoscale " +
    "videotestsrc volume vorbisdec vorbisenc vorbisparse vorbistag",
  "gstreamer1.0-x": "clockoverlay textoverlay textrender timeoverlay ximagesink xvimagesink",
  "gstreamer1.0-gl":
    "glcolorconvert glcolorscale gldownload glimagesink gltestsrc gltransformation glupload glvideomixer",
  "gstreamer1.0-alsa": "alsasink alsasrc",
  "gstreamer1.0-gtk3": "gtkglsink gtksink",
  "gstreamer1.0-plugins-good":
    "3gppmux aacparse aasink ac3parse agingtv alawdec alawenc alpha alphacolor amrparse apedemux apev2mux " +
    "aspectratiocrop audioamplify audiochebband audiocheblimit audiodynamic audioecho audiofirfilter audioiirfilter " +
    "audioinvert audiokaraoke audiopanorama audiowsincband audiowsinclimit auparse autoaudiosink autoaudiosrc " +
    "autovideosink autovideosrc avidemux avimux avisubtitle breakmydata cacasink cairooverlay capssetter cpureport " +
    "cutter dashdemux2 dcaparse deinterlace deinterleave dicetv dtmfsrc dv1394src dvdec dvdemux dynudpsink edgetv " +
    "equalizer-10bands equalizer-3bands equalizer-nbands flacdec flacenc flacparse flactag flvdemux flvmux gamma " +
    "gdkpixbufdec gdkpixbufoverlay gdkpixbufsink goom goom2k1 hlsdemux2 icydemux id3demux id3v2mux imagefreeze " +
    "imagesequencesrc interleave ismlmux jackaudiosink jackaudiosrc jpegdec jpegenc lamemp3enc level matroskademux " +
    "matroskamux matroskaparse mj2mux monoscope mp4mux mpegaudioparse mpg123audiodec mssdemux2 mulawdec mulawenc " +
    "multifilesink multifilesrc multipartdemux multipartmux multiudpsink navigationtest navseek optv oss4sink oss4src " +
    "osssink osssrc pngdec pngenc progressreport pulsesink pulsesrc pushfilesrc qtdemux qtmoovrecover qtmux quarktv " +
    "radioactv revtv rganalysis rglimiter rgvolume rippletv rndbuffersize rtp* rtsp* sbcparse scaletempo shagadelictv " +
    "shapewipe shout2send smpte smptealpha souphttpclientsink souphttpsrc spectrum speexdec speexenc splitfilesrc " +
    "splitmuxsink splitmuxsrc stereo streaktv taginject testsink twolamemp2enc udpsink udpsrc v4l2* vertigotv " +
    "videobalance videobox videocrop videoflip videomedian videomixer vp8dec vp8enc vp9dec vp9enc warptv wavenc " +
    "wavpackdec wavpackenc wavpackparse wavparse webmmux ximagesrc xingmux y4menc",
  "gstreamer1.0-plugins-bad":
    "adpcmdec adpcmenc aesdec aesenc aiffmux aiffparse alphacombine asfmux asfparse assrender atscmux " +
    "audiobuffersplit audiochannelmix audiolatency audiomixmatrix autoconvert autovideoconvert av1dec av1enc " +
    "av1parse avdtp* avwait bayer2rgb bulge burn bz2dec bz2enc camerabin cc708overlay cccombiner ccconverter " +
    "ccextractor checksumsink chromahold chromaprint chromium circle clockselect codecalpha* coloreffects " +
    "combdetect compare curl* dashdemux dashsink dc1394src debugqroverlay debugspy decklink* dfbvideosink diffuse " +
    "diracparse dtls* dtmfdetect dtsdec dvb* dvdspu errorignore faac faad faceoverlay fakeaudiosink fakevideosink " +
    "fbdevsink fdkaacdec fdkaacenc festival fieldanalysis fisheye flitetestsrc fluiddec fpsdisplaysink freeverb " +
    "gaussianblur gdpdepay gdppay gmedec gsmdec gsmenc gtkwaylandsink h263parse h264parse h264timestamper h265parse " +
    "h265timestamper hlsdemux hlssink hlssink2 id3mux inter* ipcpipeline* ivfparse ivtc jifmux jpeg2000parse " +
    "jpegparse kaleidoscope kate* kmssink lcms ldacenc libde265dec line21decoder line21encoder marble midiparse " +
    "mirror modplug mpeg2enc mpeg4videoparse mpegpsdemux mpegpsmux mpegtsmux mpegvideoparse mplex mssdemux " +
    "musepackdec mxfdemux mxfmux neonhttpsrc netsim nvh264* nvh265* openalsink openalsrc openaptx* openexrdec " +
    "openh264dec openh264enc openjpegdec openjpegenc openmptdec openni2src opusparse pcapparse perspective pinch " +
    "pitch pngparse pnmdec pnmenc proxysink proxysrc qroverlay removesilence rfbsrc rgb2bayer rist* rotate " +
    "roundrobin rsndvdbin rsvgdec rsvgoverlay rtmp* rtpasfpay rtponvifparse rtponviftimestamp rtpsink rtpsrc sbcdec " +
    "sbcenc scenechange sctpdec sctpenc sdpdemux sdpsrc sfdec shmsink shmsrc simplevideomark simplevideomarkdetect " +
    "siren* smooth solarize speed sphere square srt* srtpdec srtpenc stretch svtav1enc svthevcenc switchbin " +
    "teletextdec timecodestamper tonegeneratesrc transcodebin tsdemux tsparse ttmlparse ttmlrender tunnel twirl " +
    "uritranscodebin uvch264* vaav1* vacompositor vadeinterlace vah26* vajpeg* vampeg2* vapostproc vavp8* vavp9* " +
    "vc1parse videoanalyse videodiff videoparse vmncdec voaacenc voamrwbenc vp8alphadecodebin vp9alphadecodebin " +
    "vp9parse vulkan* watchdog waterripple waylandsink webpdec webpenc webrtc* webvttenc wildmididec x265enc y4mdec " +
    "zbar zebrastripe zxing",
  "gstreamer1.0-plugins-ugly":
    "a52dec amrnbdec amrnbenc amrwbdec asfdemux cdiocddasrc dvdlpcmdec dvdreadsrc dvdsubdec dvdsubparse mpeg2dec " +
    "pnmsrc rademux rdtdepay rdtmanager rmdemux rtpasfdepay rtspreal rtspwms siddec x264enc",
  "gstreamer1.0-libav": "avdec_* avdeinterlace avdemux_* avenc_* avmux_*",
  "gstreamer1.0-nice": "nicesink nicesrc",
  "gstreamer1.0-vaapi": "vaapi*",
};

/**
 * Returns the Debian package of an element; undefined if it is not known.
 *
 * @example
 * ```ts
 * import { debianPackageOf } from "./debian_packages.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(debianPackageOf("x264enc"), "gstreamer1.0-plugins-ugly");
 * assertEquals(debianPackageOf("nosuchelement"), undefined);
 * ```
 */
export function debianPackageOf(element: string): string | undefined {
  const packages = Object.entries(ELEMENTS).map(([name, list]) => [name, list.split(" ")] as const);
  const exact = packages.find(([, names]) => names.includes(element));
  // the longest prefix first: vaapi* before va*
  const prefixes = packages.flatMap(([name, names]) =>
    names.filter((prefix) => prefix.endsWith("*") && element.startsWith(prefix.slice(0, -1)))
      .map((prefix) => ({ name, length: prefix.length }))
  );
  return exact?.[0] ?? prefixes.sort((a, b) => b.length - a.length)[0]?.name;
}
