/**
 * The page of `gstp record`: live pictures of the tees, a button to record, and the clips.
 *
 * Everything from the server is inserted as text, never as HTML.
 */

/** Milliseconds between two pictures of a tee. */
const PREVIEW_MS = 500;
/** The length of the list of clips. */
const LISTED = 24;
/** Milliseconds until a message disappears. */
const MESSAGE_MS = 5000;

/** The names of what a browser may not play, by media type. */
const CODECS = {
  "video/x-h265": "H.265",
  "video/x-av1": "AV1",
  "image/jpeg": "JPEG pictures",
  "video/mpeg, mpegversion=1": "MPEG-1 video",
  "video/mpeg, mpegversion=2": "MPEG-2 video",
  "video/mpeg, mpegversion=4": "MPEG-4 part 2",
  "audio/x-alaw": "A-law sound",
  "audio/x-mulaw": "\u00b5-law sound",
};
/** Those that `--encoded` replaces. */
const REPLACED = /^image\/jpeg|^video\/mpeg/;

const $ = (id) => document.getElementById(id);
/** The cards of the tees by name. */
const tees = new Map();

/** Creates an element from a template. */
function fromTemplate(id) {
  return $(id).content.cloneNode(true).firstElementChild;
}

function formatBytes(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

/** Shows a message for some seconds. */
function showMessage(text) {
  const message = document.createElement("p");
  message.className = "message";
  message.textContent = text;
  $("messages").append(message);
  setTimeout(() => message.remove(), MESSAGE_MS);
}

/** Sends a request; throws an error with the message of the server if it fails. */
async function call(path, options = {}) {
  const response = await fetch(path, options);
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const answer = isJson ? await response.json() : null;
  if (response.ok) return answer;
  const [failure] = answer?.failures ?? [];
  const error = new Error(failure?.error ?? answer?.error ?? response.statusText);
  error.status = response.status;
  throw error;
}

async function record(tee) {
  try {
    const body = JSON.stringify({ tee });
    await call("/record", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  } catch (error) {
    showMessage(`${tee}: ${error.message}`);
  }
}

/** Adds the card of a tee. */
function addTee(tee, mediaTypes) {
  const card = fromTemplate("tee-template");
  card.querySelector(".name").textContent = tee;
  const button = card.querySelector(".record");
  button.setAttribute("aria-label", `Record ${tee}`);
  button.addEventListener("click", () => record(tee));
  if (mediaTypes.some((type) => !type.startsWith("audio/"))) {
    showPreview(card.querySelector(".preview"), tee);
  } else {
    card.querySelector(".picture").remove();
  }
  $("tees").append(card);
  tees.set(tee, card);
  return card;
}

/** Fetches one picture after another while the page is visible. */
function showPreview(image, tee) {
  const next = () =>
    setTimeout(() => {
      if (document.hidden) return next();
      const query = new URLSearchParams({ tee, t: Date.now() });
      image.src = `/snapshot.jpg?${query}`;
    }, PREVIEW_MS);
  image.alt = `Live picture of ${tee}`;
  image.addEventListener("load", next);
  image.addEventListener("error", next);
  next();
}

/** Says which cameras are not there, and why. */
function absences(cameras) {
  return cameras.filter(({ tees }) => tees.length === 0).map(({ camera, state, reason }) =>
    `${camera} ${state}${reason === null ? "" : ` (${reason})`}`
  );
}

function showStatus(status) {
  $("state").textContent = [status.state, ...absences(status.cameras)].join(", ");
  for (const { tee, state, mediaTypes, ring, openClips } of status.tees) {
    const card = tees.get(tee) ?? addTee(tee, mediaTypes);
    card.classList.toggle("recording", openClips.length > 0);
    const fill = card.querySelector(".fill");
    fill.max = ring.holdSec;
    fill.value = ring.fillSec;
    fill.title = `${formatBytes(ring.bytes)} in the ring buffer`;
    card.querySelector(".fill-text").textContent = state === "detached"
      ? "off"
      : `${Math.min(ring.fillSec, ring.holdSec).toFixed(1)} of ${ring.holdSec.toFixed(1)} s`;
  }
  const present = new Set(status.tees.map(({ tee }) => tee));
  for (const [tee, card] of tees) {
    card.querySelector(".record").disabled = !present.has(tee);
    if (!present.has(tee)) card.querySelector(".fill-text").textContent = "off";
  }
  const { clips, disk } = status;
  const free = disk.freeBytes === null ? "" : `, ${formatBytes(disk.freeBytes)} free`;
  $("summary").textContent = `${clips.count} in the folder, ${formatBytes(clips.bytes)}${free}`;
}

/** Updates the list of clips; elements of clips that stay are kept, with what they have loaded. */
async function showClips() {
  const { clips } = await call(`/clips?limit=${LISTED}`);
  const known = new Map([...$("clips").children].map((item) => [item.dataset.name, item]));
  $("clips").replaceChildren(...clips.map((clip) => known.get(clip.name) ?? clipItem(clip)));
}

function clipItem({ name, url, bytes, modifiedAt, report, mediaTypes }) {
  const item = fromTemplate("clip-template");
  item.dataset.name = name;
  const at = new Date(report?.startedAt ?? modifiedAt);
  const facts = [formatBytes(bytes)];
  if (report !== null) facts.unshift(`${report.duration.toFixed(1)} s`);
  item.querySelector(".when").textContent = at.toLocaleString();
  item.querySelector(".facts").textContent = `${facts.join(", ")} · ${name}`;
  item.querySelector(".warning").textContent = report?.shortfalls.join(", ") ?? "";
  item.querySelector(".download").href = url;
  // without the fragment, some browsers show no picture before the video plays
  const thumb = item.querySelector(".thumb");
  thumb.src = `${url}#t=0.001`;
  const refuse = () => showUnplayable(item, name, mediaTypes);
  thumb.addEventListener("error", refuse);
  thumb.addEventListener("loadedmetadata", () => {
    // the sound alone would play
    if (thumb.videoWidth === 0 && mediaTypes.some((type) => !type.startsWith("audio/"))) refuse();
  });
  const button = item.querySelector(".play");
  button.setAttribute("aria-label", `Play ${name}`);
  button.addEventListener("click", () => play(item, url));
  return item;
}

/** Says why a clip cannot be played here, and what to do. */
function showUnplayable(item, name, mediaTypes) {
  const codecs = mediaTypes.flatMap((type) => CODECS[type] ?? []);
  const container = name.slice(name.lastIndexOf("."));
  const what = codecs.length > 0 ? `${codecs.join(" and ")} in ${container}` : "this file";
  const advice = mediaTypes.some((type) => REPLACED.test(type))
    ? " gstp record --encoded records video that browsers play."
    : "";
  item.classList.add("unplayable");
  item.querySelector(".play").disabled = true;
  item.querySelector(".reason").textContent =
    `This browser does not play ${what}: download it for another player.${advice}`;
}

function play(item, url) {
  for (const other of $("clips").children) other.classList.toggle("playing", other === item);
  const player = $("player");
  player.hidden = false;
  player.src = url;
  player.scrollIntoView({ block: "nearest", behavior: "smooth" });
  player.play().catch((error) =>
    showMessage(`This browser cannot play the clip: ${error.message}`)
  );
}

function follow() {
  const events = new EventSource("/events");
  const on = (type, show) =>
    events.addEventListener(type, (event) => {
      Promise.resolve(show(JSON.parse(event.data))).catch((error) => showMessage(error.message));
    });
  on("status", showStatus);
  on("finished", showClips);
  on("removed", showClips);
  on("recovered", showClips);
  on("failed", ({ tee, error }) => showMessage(`${tee}: ${error}`));
  events.addEventListener("open", () => showClips().catch((error) => showMessage(error.message)));
  events.addEventListener("error", () => {
    $("state").textContent = "not connected";
    // refused: the browser does not try again
    if (events.readyState === EventSource.CLOSED) setTimeout(start, MESSAGE_MS);
  });
}

/** Shows the page, or asks for the token if the server requires one. */
async function start() {
  try {
    showStatus(await call("/status"));
  } catch (error) {
    $("login").hidden = error.status !== 401;
    $("state").textContent = error.status === 401 ? "locked" : "not connected";
    if (error.status !== 401) setTimeout(start, MESSAGE_MS);
    return;
  }
  $("login").hidden = true;
  $("main").hidden = false;
  $("logout").hidden = (await call("/session")).ends === null;
  follow();
}

$("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const headers = { authorization: `Bearer ${$("token").value}` };
    await call("/session", { method: "POST", headers });
    $("token").value = $("login-error").textContent = "";
    await start();
  } catch (error) {
    $("login-error").textContent = error.message;
  }
});

$("logout").addEventListener("click", async () => {
  try {
    await call("/session", { method: "DELETE" });
    // ends the events and pictures under way, too
    location.reload();
  } catch (error) {
    showMessage(error.message);
  }
});

void start();
