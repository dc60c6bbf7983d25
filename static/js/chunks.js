/** A file in chunks: a line that drops costs the chunk on its way, never the file (decision 40). */
import { scriptHeaders } from "./net.js";

export const IN_CHUNKS = 256 * 1024; // bytes; what is smaller goes in one request
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024; // the server takes no more
const QUICK = 2_000; // milliseconds; a chunk that took less may double
const SLOW = 8_000;
const PATIENCE = 60_000; // milliseconds without a byte
const WAITS = [1, 2, 5, 10, 15, 30]; // seconds
const MOST_FAULTS = 4; // answers 5xx, one after the other, then the person decides
const OPEN = "/bukti/unggahan/";

/** Uploads of this page that have not been finished, for browsers that compute no hash. */
const begun = new Map();

/**
 * Brings the file and has it attached; resolves with the answer to that. signal gives it up.
 * stuck(at, size): the server is there and cannot; resolves when the person wants to try again.
 */
export async function sendInChunks(url, file, { signal, tell, stuck }) {
  const sha256 = await hashOf(file);
  signal.throwIfAborted(); // it was given up meanwhile, and says so only once
  const key = [file.name, file.size, file.lastModified].join("/");
  const insist = (act, at) => patiently(act, signal, () => tell(at, file.size, true), () => stuck(at, file.size));
  for (;;) {
    let place = begun.get(key);
    let answer;
    if (!place) {
      const body = new URLSearchParams({ name: file.name, size: file.size, content_type: file.type, sha256 });
      answer = await insist(() => ask("POST", OPEN, { body, signal }), 0);
      if (answer.header("Evidence-Id")) return attach(url, "pick", answer.header("Evidence-Id"), insist, signal, file.size);
      if (answer.status !== 201) return answer;
      place = answer.header("Location");
      begun.set(key, place);
    } else {
      answer = await insist(() => ask("GET", place, { signal }), 0);
    }
    signal.addEventListener("abort", () => drop(key, place), { once: true });
    if (answer.status < 300) answer = await bring(place, file, answer, { signal, tell, insist });
    if (answer.status < 300) answer = await attach(url, "upload", place.split("/").at(-2), insist, signal, file.size);
    if (answer.status === 409) {
      await pause(1, signal); // somebody else at it, or not all there: ask again
      continue;
    }
    if (answer.status === 401) return answer; // it goes on from here after signing in
    begun.delete(key);
    if (answer.status !== 404) return answer; // 404: expired, begun anew
  }
}

/** Chunk after chunk from where the upload stands; the server's word on that counts. */
async function bring(place, file, answer, { signal, tell, insist }) {
  let size = 4 * SMALLEST;
  let offset = Number(answer.header("Upload-Offset"));
  while (offset < file.size) {
    const began = performance.now();
    const body = file.slice(offset, offset + size, "application/octet-stream");
    const progress = (loaded) => tell(Math.min(offset + loaded, file.size), file.size);
    answer = await insist(() => ask("POST", `${place}?offset=${offset}`, { body, signal, progress }), offset);
    if (answer.status >= 300 && answer.status !== 409) return answer;
    const next = Number(answer.header("Upload-Offset"));
    if (next <= offset) await pause(1, signal);
    offset = next;
    const took = performance.now() - began;
    if (took < QUICK) size = Math.min(2 * size, LARGEST);
    else if (took > SLOW) size = Math.max(size / 2, SMALLEST);
  }
  tell(file.size, file.size);
  return { status: 200 };
}

function attach(url, field, id, insist, signal, size) {
  const body = new URLSearchParams({ [field]: id });
  return insist(() => ask("POST", url, { body, signal }), size);
}

function drop(key, place) {
  begun.delete(key);
  ask("DELETE", place).catch(() => {}); // else it expires
}

/**
 * Again and again until the server has answered; all of it may be repeated without harm.
 * A line that drops is waited for; a server that fails again and again is the person's to judge.
 */
async function patiently(act, signal, lost, stuck) {
  for (let tried = 0, faults = 0; ; tried += 1) {
    try {
      const answer = await act();
      if (answer.status < 500) return answer;
      faults += 1;
    } catch (fault) {
      if (signal.aborted) throw fault;
      faults = 0;
    }
    if (faults === MOST_FAULTS) {
      await stuck();
      tried = faults = 0;
    } else {
      if (!faults) lost();
      await pause(WAITS[Math.min(tried, WAITS.length - 1)], signal);
    }
  }
}

/** Some seconds, less where the connection is back before. Rejects when given up. */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const on = new AbortController();
    const end = (act) => () => { on.abort(); clearTimeout(timer); act(); };
    const timer = setTimeout(end(resolve), seconds * 1000);
    addEventListener("online", end(resolve), { signal: on.signal });
    signal.addEventListener("abort", end(() => reject(signal.reason)), { signal: on.signal });
  });
}

/** Empty where the page has come by plain HTTP: browsers compute nothing there. */
async function hashOf(file) {
  if (!globalThis.crypto?.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * One request, of which fetch could not tell how much has gone.
 * Resolves with {status, text, header(name)}; rejects without an answer, or when given up.
 */
export function ask(method, url, { body, signal, progress } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    let silence;
    const alive = () => { clearTimeout(silence); silence = setTimeout(() => request.abort(), PATIENCE); };
    request.upload.addEventListener("progress", ({ loaded, total }) => { alive(); progress?.(loaded, total); });
    request.addEventListener("load", () => {
      resolve({ status: request.status, text: request.responseText, header: (name) => request.getResponseHeader(name) });
    });
    for (const end of ["error", "abort"]) request.addEventListener(end, () => reject(new TypeError(end)));
    request.addEventListener("loadend", () => clearTimeout(silence));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.open(method, url);
    for (const [name, value] of Object.entries(scriptHeaders())) request.setRequestHeader(name, value);
    alive();
    request.send(body);
  });
}
