/**
 * Saves each question by itself, as soon as it is answered.
 *
 * One queue per question: its saves go out one after the other, and what changed meanwhile goes
 * with the next. What could not be sent stays in the fields and is tried again; the state of
 * saving is always in view at the question.
 */
import { Drafts, offerOf } from "./drafts.js";
import { ServerFault, fillSlot, postForm, swap } from "./net.js";
import { catchUp, renderedFields } from "./rendered.js";
import { say, warn } from "./say.js";
import { follow, heard, lookIfBehind } from "./together.js";

const TYPING_PAUSE = 1200; // milliseconds after the last key
const LONGEST_TYPING = 10_000; // milliseconds without a pause, then what stands there is sent
const RETRY_AFTER = [2000, 5000, 15000, 30000]; // milliseconds, then the last one over and over

const MOST_UNCONFIRMED = 20; // attempts without an answer that the server is told of

const questions = new Map(); // form -> Question
const drafts = new Drafts(document.querySelector("[data-worksheet]").dataset.worksheet);

class Question {
  constructor(form) {
    this.form = form;
    this.sent = printOf(answersIn(renderedFields(form)));
    this.sending = false;
    this.waiting = false;
    this.blocked = false; // a refusal or a conflict waits for the person
    this.theirVersion = null; // of the other answer, while one of two is to be chosen
    this.signedOut = false;
    this.failures = 0;
    this.timer = 0;
    this.typingSince = 0;
    this.field = null; // the one that was changed last
    this.before = null; // the state of saving as it was before the typing
    this.unconfirmed = []; // save ids of attempts that may have arrived without our knowing
  }

  get code() {
    return this.form.closest("[data-question]").dataset.question;
  }

  get dirty() {
    return fingerprint(this.form) !== this.sent;
  }

  /** Save soon; a later change moves it along. */
  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  /** What differs from what the server has is kept in the browser as well. */
  keep() {
    if (this.dirty) drafts.keep(this.form, answersOf(this.form));
    else drafts.forget(this.form);
  }

  /** What is typed is not saved yet, and the question says so until it is. */
  typed() {
    const now = Date.now();
    this.typingSince ||= now;
    if (this.theirVersion) return; // sent when one of the two is chosen
    this.schedule(Math.min(TYPING_PAUSE, Math.max(0, this.typingSince + LONGEST_TYPING - now)));
    const state = this.form.querySelector('[data-slot="state"] > [data-state]');
    if (this.before || !["saved", "empty"].includes(state.dataset.state)) return;
    this.before = state;
    show(this.form, "empty", "Disimpan saat Anda selesai mengetik");
  }

  async save({ even = false, leaving = false } = {}) {
    clearTimeout(this.timer);
    this.typingSince = 0;
    if (this.sending) {
      this.waiting = true;
      return;
    }
    if (!even && !this.dirty) {
      // Typed and taken back.
      if (this.before) this.form.querySelector('[data-slot="state"]').replaceChildren(this.before);
      this.before = null;
      return;
    }
    this.before = null;
    this.sending = true;
    this.waiting = false;
    const print = fingerprint(this.form);
    const fields = answerFields(this.form);
    const id = newSaveId();
    fields.append("save_id", id);
    fields.append("unconfirmed", this.unconfirmed.join(" "));
    show(this.form, "saving");
    summarise();
    try {
      const { status, root } = await postForm(this.form.action, fields, { keepalive: leaving });
      this.failures = 0;
      // Only who is told the stored version knows how the attempts before have ended.
      if (root && (status === 200 || status === 409)) this.unconfirmed = [];
      else if (status === 200 || status === 400) this.doubt(id);
      online();
      this.receive(status, root, print);
    } catch (fault) {
      this.doubt(id);
      this.fail(fault instanceof ServerFault);
    } finally {
      this.sending = false;
      summarise();
      if (![...questions.values()].some((each) => each.sending)) lookIfBehind();
    }
    if (this.waiting || (this.dirty && !this.blocked && !this.failures)) this.schedule(0);
  }

  /** That attempt may have been stored. */
  doubt(id) {
    this.unconfirmed = [...this.unconfirmed, id].slice(-MOST_UNCONFIRMED);
  }

  receive(status, root, print) {
    this.signedOut = status === 401;
    if (status === 200 && root) {
      this.blocked = false;
      this.sent = print;
      heard(Number(root.dataset.moved), root.dataset.version !== this.form.elements.version.value);
      this.form.elements.version.value = root.dataset.version;
      this.keep();
      clearFaults(this.form);
      swap(root, this.form, lastField(this.form));
      say(`${this.code} tersimpan`);
      if (this.dirty) show(this.form, "saving");
      for (const each of questions.values()) if (each.signedOut) each.save();
      return;
    }
    this.blocked = true;
    if (this.signedOut) {
      const why = `Belum tersimpan. ${root?.textContent.trim() || "Masuk lagi di tab lain, lalu coba sekarang."}`;
      show(this.form, "unsaved", why);
      warn(`${this.code}: ${why}`);
      return;
    }
    if (status === 409 && root) {
      this.conflict(root);
      return;
    }
    if (root?.dataset.state) {
      clearFaults(this.form);
      swap(root, this.form, lastField(this.form));
      const edge = root.dataset.state === "refused" ? "is-refused" : "is-attention";
      this.form.closest(".question").classList.add(edge);
      for (const name of root.dataset.inputs.split(" ").filter(Boolean)) {
        this.form.elements[name]?.setAttribute("aria-invalid", "true");
      }
      warn(`${this.code} belum tersimpan. ${textOf(root, "error") || textOf(root, "state")}`);
      return;
    }
    const why = root?.textContent.trim() || "Belum tersimpan.";
    show(this.form, "unsaved", why);
    warn(`${this.code}: ${why}`);
  }

  /** Both answers are shown; the person picks one. */
  conflict(root) {
    this.form.closest(".question").classList.add("is-attention");
    this.theirs = [...root.querySelectorAll("[data-theirs]")].map((each) => [each.dataset.theirs, each.value]);
    this.theirVersion = root.dataset.version;
    const held = document.activeElement?.name === "resolve" ? document.activeElement.value : "";
    swap(root, this.form, lastField(this.form));
    if (held) this.form.querySelector(`[name="resolve"][value="${held}"]`)?.focus();
    warn(`${this.code} belum tersimpan: ada dua jawaban. Pilih salah satu di atas isian pertanyaan itu.`);
  }

  resolve(choice) {
    this.form.elements.version.value = this.theirVersion;
    this.theirVersion = null;
    if (choice === "tersimpan") fill(this.form, this.theirs);
    this.form.querySelector('[data-slot="conflict"]').replaceChildren();
    this.form.closest(".question").classList.remove("is-attention");
    this.blocked = false;
    this.save({ even: true });
    lastField(this.form).focus({ preventScroll: true });
  }

  /** Something was typed on an earlier visit and never saved; the person decides. */
  offer(draft) {
    this.form.querySelector('[data-slot="draft"]').replaceChildren(offerOf(this.form, draft));
    this.form.closest(".question").classList.add("is-attention");
  }

  settle(choice) {
    const draft = drafts.offered.get(this.form);
    if (choice === "pakai") fill(this.form, draft.fields);
    drafts.settle(this.form);
    this.form.querySelector('[data-slot="draft"]').replaceChildren();
    this.form.closest(".question").classList.remove("is-attention");
    this.keep();
    if (this.dirty) this.save();
    summarise();
    lastField(this.form).focus({ preventScroll: true });
  }

  get busy() {
    return this.dirty || this.sending || this.blocked || drafts.offered.has(this.form);
  }

  /** Somebody else has saved: what they answered stands here from now on. */
  renew(fresh) {
    fill(this.form, answersOf(fresh));
    this.form.elements.version.value = fresh.elements.version.value;
    this.sent = fingerprint(this.form);
  }

  fail(isServerFault) {
    const wait = RETRY_AFTER[Math.min(this.failures, RETRY_AFTER.length - 1)];
    this.failures += 1;
    show(this.form, navigator.onLine ? "unsaved" : "waiting");
    offline(isServerFault);
    this.schedule(wait);
  }
}

/** The fields of the answer alone: never the files and what they are, which go their own way. */
function answerFields(form) {
  const fields = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrfmiddlewaretoken" && !name.startsWith("dokumen-")) fields.append(name, value);
  }
  return fields;
}

/** Of pairs of name and value those of the answer, without its version. */
function answersIn(pairs) {
  const others = ["csrfmiddlewaretoken", "version"];
  return [...pairs].filter(([name]) => !others.includes(name) && !name.startsWith("dokumen-"));
}

function answersOf(form) {
  return answersIn(answerFields(form));
}

function printOf(answers) {
  return JSON.stringify(answers);
}

function fingerprint(form) {
  return printOf(answersOf(form));
}

/** 128 random bits as a UUID; crypto.randomUUID is for https alone. */
function newSaveId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fill(form, fields) {
  for (const radio of form.querySelectorAll('input[type="radio"]')) radio.checked = false;
  for (const [name, value] of fields) {
    const radio = form.querySelector(`input[type="radio"][name="${name}"][value="${CSS.escape(value)}"]`);
    if (radio) radio.checked = true;
    else if (form.elements[name] && form.elements[name].value !== undefined) form.elements[name].value = value;
  }
}

function clearFaults(form) {
  form.closest(".question").classList.remove("is-refused", "is-attention");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  form.querySelector('[data-slot="error"]')?.replaceChildren();
  form.querySelector('[data-slot="conflict"]')?.replaceChildren();
}

/** A focus on "Coba sekarang" stays on it, or goes back to where the writing was. */
function show(form, state, text = "") {
  const element = stateElement(state, text);
  fillSlot(form.querySelector('[data-slot="state"]'), [element], element.querySelector("[data-retry]") ?? lastField(form));
}

function textOf(root, part) {
  return root.querySelector(`[data-for="${part}"]`)?.textContent.trim() ?? "";
}

/** Where the writing goes on: it takes the focus of a button that is no more. */
function lastField(form) {
  const field = questions.get(form)?.field ?? form.elements.note;
  return field.type === "radio" ? (form.querySelector(":checked") ?? field) : field;
}

function stateElement(state, text) {
  const template = document.querySelector(`template[data-state="${state}"]`);
  const element = template.content.cloneNode(true).firstElementChild;
  if (text) element.querySelector("span").textContent = text;
  return element;
}

/** The foot of the screen: how the page as a whole stands. */
function summarise() {
  const slot = document.querySelector('[data-slot="page-state"]');
  const [state, text] = pageState([...questions.values()]);
  const next = document.querySelector("[data-next-open]");
  next.textContent = waiting() ? "Ke jawaban itu" : "Pertanyaan terbuka";
  if (slot.firstElementChild.dataset.state === state && slot.textContent.trim() === text) return;
  const shown = stateElement(state, text);
  shown.querySelector("[data-retry]")?.remove();
  slot.replaceChildren(shown);
}

function pageState(all) {
  const blocked = all.filter((each) => each.blocked).length;
  const open = all.filter((each) => each.dirty).length;
  if (all.some((each) => each.sending)) return ["saving", "Menyimpan"];
  if (blocked) return ["conflict", `${blocked} jawaban belum tersimpan dan menunggu Anda`];
  if (open && offlineSince) return ["waiting", `${open} jawaban menunggu ${serverFails ? "server" : "koneksi"}`];
  if (drafts.offered.size) return ["conflict", `${drafts.offered.size} ketikan lama menunggu pilihan Anda`];
  if (open) return ["unsaved", `${open} jawaban belum tersimpan`];
  return ["saved", "Semua tersimpan"];
}

/** The first question that waits for the person's choice, if any. */
function waiting() {
  return [...questions.values()].find((each) => each.blocked || drafts.offered.has(each.form));
}

let offlineSince = null;
let serverFails = false;

function offline(isServerFault) {
  const notice = document.querySelector("[data-connection]");
  if (!notice) return;
  const first = offlineSince === null;
  offlineSince ??= new Date();
  serverFails = isServerFault;
  const clock = new Intl.DateTimeFormat("id", { hour: "2-digit", minute: "2-digit" }).format(offlineSince);
  const count = [...questions.values()].filter((each) => each.dirty).length;
  const kept = `Teruskan mengisi; ${count} jawaban menunggu di halaman ini dan dikirim`;
  notice.querySelector(".notice-title").textContent = isServerFault ? "Belum tersimpan" : "Koneksi terputus";
  notice.querySelector("[data-connection-text]").textContent = isServerFault
    ? `Server belum dapat menyimpan sejak ${clock}. ${kept} lagi sebentar-sebentar.`
    : `Terputus sejak ${clock}. ${kept} begitu tersambung.`;
  notice.hidden = false;
  if (first) warn(notice.textContent.trim());
}

function online() {
  if (offlineSince) say("Tersambung lagi.");
  offlineSince = null;
  const notice = document.querySelector("[data-connection]");
  if (notice) notice.hidden = true;
}

function questionOf(target) {
  const form = target.closest?.("form[data-autosave]");
  if (!form) return null;
  if (!questions.has(form)) questions.set(form, new Question(form));
  return questions.get(form);
}

function isAnswerField(target) {
  return target.name && target.type !== "file" && target.type !== "submit" && !target.dataset.need;
}

document.addEventListener("change", ({ target }) => {
  const question = isAnswerField(target) ? questionOf(target) : null;
  if (!question) return;
  question.field = target;
  question.keep();
  question.save();
});

document.addEventListener("input", ({ target }) => {
  const question = isAnswerField(target) && target.type !== "radio" ? questionOf(target) : null;
  if (!question) return;
  question.field = target;
  question.keep();
  question.typed();
  summarise();
});

document.addEventListener("submit", (event) => {
  const question = questionOf(event.target);
  if (!question || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  if (event.submitter?.name === "draft") question.settle(event.submitter.value);
  else if (event.submitter?.name === "resolve") question.resolve(event.submitter.value);
  else question.save({ even: true });
});

addEventListener("online", () => {
  for (const question of questions.values()) if (question.dirty) question.save();
});

addEventListener("beforeunload", (event) => {
  if ([...questions.values()].some((each) => each.dirty)) event.preventDefault();
});

// Leaving the page sends what is typed at once, and the request goes on without the page.
addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const question of questions.values()) if (question.dirty && !question.blocked) question.save({ leaving: true });
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-next-open]")) return;
  event.preventDefault();
  if (waiting()) {
    goTo(waiting());
    return;
  }
  const open = [...document.querySelectorAll("article[data-question]")].find(
    (each) => each.querySelector("form") && !isAnswered(each),
  );
  const marked = document.querySelector("article.is-attention[data-question]");
  const target = open ?? marked ?? document.querySelector("article[data-question]");
  target.scrollIntoView({ block: "start" });
  target.querySelector("input:not([type=hidden]), textarea")?.focus({ preventScroll: true });
});

/** To the choice that a question waits for, or to what was refused. */
function goTo(question) {
  const article = question.form.closest("article");
  const choice = question.form.querySelector('[name="resolve"], [name="draft"]');
  article.scrollIntoView({ block: "start" });
  (choice ?? question.form.querySelector("[aria-invalid]") ?? lastField(question.form)).focus({ preventScroll: !choice });
}

function isAnswered(article) {
  if (article.querySelector('input[type="radio"]')) return Boolean(article.querySelector(":checked"));
  return [...article.querySelectorAll('input[type="text"]')].every((each) => each.value.trim());
}

// Each form remembers what the server gave it before anyone types, and what was typed before.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const question = questionOf(form);
  const draft = drafts.find(form);
  if (!draft) continue;
  if (printOf(draft.fields) === question.sent) drafts.settle(form);
  else question.offer(draft);
}
if (drafts.offered.size) summarise();
catchUp(document.querySelectorAll("form[data-autosave] :is(input, textarea):not([data-file-input])"));

follow({
  isBusy: (form) => questions.get(form).busy,
  renew: (form, fresh) => questions.get(form).renew(fresh),
});
