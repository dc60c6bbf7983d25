/**
 * The reviewer's desk: saves a verdict as soon as it is whole, and quick keys.
 *
 * "Sesuai" is whole by itself; the other two need a value and a note. What could not be sent stays
 * in the fields and is tried again; the state of saving is always in view at the form.
 */
import { fillSlot, postForm, swap } from "./net.js";
import { catchUp, renderedFields } from "./rendered.js";
import { say, warn } from "./say.js";

const RETRY_AFTER = [2000, 5000, 15000, 30000]; // milliseconds, then the last one over and over
const KEYS_SETTING = "pmpzi.tombol-cepat";
const GOING_ON = "pmpzi.lanjut";
const VERDICT_KEYS = { 1: "sesuai", 2: "kurang_sesuai", 3: "tidak_sesuai" };
const NOT_SENT = ["csrfmiddlewaretoken", "halaman", "saring"];

const form = document.querySelector("form[data-desk]");
const at = (name) => form.querySelector(`[data-slot="${name}"]`);

let sent = printOf(sentOf(renderedFields(form)));
let queue = Promise.resolve(); // saves go out one after the other
let blocked = false; // a refusal or a conflict waits for the person
let failures = 0;
let timer = 0;
let theirs = null; // the verdict of another person, while one is to be chosen

const dirty = () => fingerprint() !== sent;

function fields() {
  const data = new FormData();
  for (const [name, value] of sentOf(new FormData(form))) data.append(name, value);
  return data;
}

/** Of pairs of name and value those that go out; of a box and the hidden field before it the last. */
function sentOf(pairs) {
  const all = [...pairs].filter(([name]) => !NOT_SENT.includes(name));
  return [...all.filter(([name]) => name !== "mark"), ...all.filter(([name]) => name === "mark").slice(-1)];
}

function printOf(pairs) {
  return JSON.stringify(pairs.filter(([name]) => name !== "version"));
}

function fingerprint() {
  return printOf([...fields()]);
}

function isWhole() {
  const data = fields();
  if (data.get("verdict") === "sesuai") return true;
  if (!data.get("verdict") || !data.get("note").trim()) return false;
  const values = [...data].filter(([name]) => name === "value" || /^n\d+$/.test(name));
  return values.length > 0 && values.every(([, value]) => value.trim());
}

/** Resolves with the address of the next open question, or null where something is not stored. */
function save({ even = false } = {}) {
  clearTimeout(timer);
  queue = queue.then(() => (even || (dirty() && !blocked) ? send() : null));
  return queue;
}

async function send() {
  const print = fingerprint();
  show("saving");
  try {
    const { status, root } = await postForm(form.action, fields());
    failures = 0;
    return receive(status, root, print);
  } catch {
    const wait = RETRY_AFTER[Math.min(failures, RETRY_AFTER.length - 1)];
    failures += 1;
    if (failures === 1) warn("Putusan belum tersimpan; dicoba lagi sendiri.");
    show(navigator.onLine ? "unsaved" : "waiting");
    timer = setTimeout(() => save(), wait);
    return null;
  }
}

function receive(status, root, print) {
  clearFaults();
  blocked = status !== 200;
  if (status === 200 && root) {
    sent = print;
    form.elements.version.value = root.dataset.version;
    swap(root, form);
    say("Putusan tersimpan");
    document.querySelector(".desk-groups [aria-current]").className = root.dataset.look;
    return root.dataset.next;
  }
  if (status === 401) {
    unsaved(`Belum tersimpan. ${root?.textContent.trim() || "Masuk lagi di tab lain, lalu coba sekarang."}`);
  } else if (root?.dataset.state) {
    refuse(root);
  } else {
    unsaved("Belum tersimpan. Muat ulang halaman, lalu coba lagi.");
  }
  return null;
}

function unsaved(why) {
  show("unsaved", why);
  warn(why);
}

function refuse(root) {
  swap(root, form);
  for (const name of root.dataset.inputs.split(" ").filter(Boolean)) {
    for (const input of form.querySelectorAll(`input[type="text"][name="${name}"]`)) input.setAttribute("aria-invalid", "true");
  }
  if (root.dataset.field === "note") form.elements.note.setAttribute("aria-invalid", "true");
  const told = root.querySelector(root.dataset.field ? `[data-for="error-${root.dataset.field}"]` : '[data-for="state"]');
  warn(`Belum tersimpan. ${told?.textContent.trim() ?? ""}`);
  // Who pressed a button goes on where something is to be put right; nobody is torn from a field.
  if (document.activeElement?.matches("button")) (form.querySelector("[aria-invalid]") ?? atField(root.dataset.field))?.focus();
  if (root.dataset.state !== "conflict") return;
  theirs = {
    version: root.dataset.version,
    fields: [...root.querySelectorAll("[data-theirs]")].map((each) => [each.dataset.theirs, each.value]),
  };
  at("conflict").hidden = false;
}

/** The first control of the part that was refused. */
function atField(name) {
  return name ? form.querySelector(`[aria-describedby~="e-${name}"] input, [aria-describedby~="e-${name}"]`) : null;
}

/** Mine replaces theirs; or theirs fills the form, which is stored already. */
function resolve(choice) {
  form.elements.version.value = theirs.version;
  if (choice === "tersimpan") fill(theirs.fields);
  theirs = null;
  blocked = false;
  clearFaults();
  save({ even: true });
  (form.querySelector('[name="verdict"]:checked') ?? form.elements.note).focus({ preventScroll: true });
}

function fill(stored) {
  for (const radio of form.querySelectorAll('input[type="radio"]')) radio.checked = false;
  for (const input of form.querySelectorAll('input[type="text"]')) input.value = "";
  for (const [name, value] of stored) {
    const input = form.querySelector(`input[type="radio"][name="${name}"][value="${CSS.escape(value)}"]`);
    if (name === "mark") form.querySelector('[type="checkbox"][name="mark"]').checked = value === "1";
    else if (input) input.checked = true;
    else if (form.elements[name] && "value" in form.elements[name]) form.elements[name].value = value;
  }
}

function clearFaults() {
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const slot of form.querySelectorAll('[data-slot^="error-"], [data-slot="conflict"]')) slot.replaceChildren();
  at("conflict").hidden = true;
}

function show(state, text = "") {
  const element = document.querySelector(`template[data-state="${state}"]`).content.cloneNode(true).firstElementChild;
  if (text) element.querySelector("span").textContent = text;
  fillSlot(at("state"), [element], element.querySelector("[data-retry]") ?? form.querySelector('[name="verdict"]:checked') ?? form.elements.note);
}

/** On the next question the reading begins at the question, not at the menu once more. */
function leaveFor(address) {
  try {
    sessionStorage.setItem(GOING_ON, "1");
  } catch {
    // Without storage it begins at the top.
  }
  location.assign(address);
}

function beginAtQuestion() {
  try {
    if (sessionStorage.getItem(GOING_ON)) document.getElementById("soal").focus({ preventScroll: true });
    sessionStorage.removeItem(GOING_ON);
  } catch {
    // Without storage it begins at the top.
  }
}

/** What is complete is saved; of the rest it is said what is missing. */
function changed() {
  if (theirs) return;
  blocked = false;
  if (isWhole()) save();
  else if (dirty()) show("empty", missing());
}

function missing() {
  const data = fields();
  if (!data.get("verdict")) return "Belum tersimpan: pilih kesesuaian";
  return data.get("note").trim() ? "Belum tersimpan: isi nilai verifikator" : "Belum tersimpan: isi nilai dan catatan";
}

async function goOn(address) {
  if (isWhole() && dirty() && !(await save({ even: true }))) return;
  leaveFor(address);
}

form.addEventListener("change", changed);
form.elements.note.addEventListener("input", () => {
  if (dirty() && !theirs) show("empty", isWhole() ? "Disimpan saat Anda selesai mengetik" : missing());
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { submitter } = event;
  if (submitter?.name === "resolve") {
    resolve(submitter.value);
    return;
  }
  const address = await save({ even: true });
  if (address && submitter?.value === "lanjut") leaveFor(address);
});

// Chips, areas and "Sebelumnya" wait for a verdict that is whole.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".desk-steps a, .desk-foot a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (!dirty() || !isWhole()) return;
  event.preventDefault();
  goOn(link.href);
});

addEventListener("online", () => {
  if (dirty() && isWhole()) save();
});
addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});

const keys = document.querySelector("[data-keys]");
const keysOn = keys.querySelector("[data-keys-on]");
const opener = document.querySelector("[data-keys-open]");
keysOn.checked = localStorage.getItem(KEYS_SETTING) !== "mati";
keysOn.addEventListener("change", () => localStorage.setItem(KEYS_SETTING, keysOn.checked ? "hidup" : "mati"));
opener.hidden = false;
opener.addEventListener("click", () => keys.showModal());

const ACTS = {
  n: () => form.dataset.following && goOn(form.dataset.following),
  p: () => form.dataset.previous && goOn(form.dataset.previous),
  b: () => form.requestSubmit(form.querySelector("[data-go-on]")),
  c: () => form.elements.note.focus(),
  "?": () => keys.showModal(),
};
ACTS.j = ACTS.n;
ACTS.k = ACTS.p;

function judge(verdict) {
  const radio = form.querySelector(`input[name="verdict"][value="${verdict}"]`);
  radio.focus();
  if (radio.checked) return;
  radio.checked = true;
  changed();
}

document.addEventListener("keydown", (event) => {
  if (!keysOn.checked || keys.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches('input:not([type="radio"], [type="checkbox"]), textarea, select')) return;
  if (VERDICT_KEYS[event.key]) judge(VERDICT_KEYS[event.key]);
  else if (ACTS[event.key]) ACTS[event.key]();
  else return;
  event.preventDefault();
});

catchUp(form.querySelectorAll("input, textarea, select"));
beginAtQuestion();
