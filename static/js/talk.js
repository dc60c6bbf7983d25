/**
 * Comments: sent and resolved without leaving the page, people offered after an "@".
 *
 * What is typed and not sent is kept in the browser (drafts.js) and stands in its field again on
 * the next visit. Each text goes out under an id of its own, so that a repeat after a lost
 * response adds nothing twice.
 */
import { Drafts } from "./drafts.js";
import { fillSlot, postForm, reasonOf, swap } from "./net.js";

const people = document.querySelector("[data-people]");
const drafts = new Drafts(people.dataset.people);
const MOST_OFFERED = 4; // so that the list needs no scrolling

/* Sending ------------------------------------------------------------------------------- */

async function send(form) {
  const field = form.elements.text;
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  const text = field.value;
  say(form, "", "Mengirim…");
  try {
    const { status, root } = await postForm(form.action, fieldsOf(form));
    if (status === 200 && root?.dataset.talkAnswer) {
      show(form, root, field);
      refused(form, false);
      if (field.value === text) field.value = "";
      form.elements.save_id.value = newId();
      answer(form, null);
      keep(form);
      if (root.dataset.nobody) say(form, "warning", `Terkirim. ${root.dataset.nobody}`);
      else say(form, "positive", "Terkirim");
    } else if (root?.dataset.talkAnswer) {
      swap(root, form, field);
      refused(form, true);
      say(form, "negative", "Belum terkirim");
      field.focus({ preventScroll: true });
    } else {
      say(form, "warning", status === 401
        ? "Belum terkirim: sesi Anda telah berakhir. Masuk lagi di tab lain, lalu kirim lagi."
        : "Belum terkirim. Muat ulang halaman, lalu kirim lagi; teks Anda tetap ada.");
    }
  } catch (fault) {
    say(form, "warning", `Belum terkirim: ${reasonOf(fault)}. Teks Anda tetap di sini; kirim lagi.`);
  } finally {
    delete form.dataset.sending;
  }
}

async function act(form, button) {
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const talk = form.closest("[data-talk]");
  const writing = talk.querySelector("[data-talk-form]");
  const at = button.closest("[id^=komentar-]").id;
  say(writing, "", "Menyimpan…");
  try {
    const { status, root } = await postForm(button.formAction, fieldsOf(form));
    if (status === 200 && root?.dataset.talkAnswer) {
      const again = () => document.getElementById(at)?.querySelector(":scope > .talk-acts:last-child :is(a, button)");
      show(writing, root, null);
      (again() ?? writing.elements.text).focus({ preventScroll: true });
      say(writing, "positive", "Tersimpan");
    } else {
      say(writing, "negative", root?.textContent.trim() || "Belum tersimpan. Muat ulang halaman.");
    }
  } catch (fault) {
    say(writing, "warning", `Belum tersimpan: ${reasonOf(fault)}. Coba lagi.`);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Without the page's form token: postForm sends that of the present sign-in. */
function fieldsOf(form) {
  const fields = new FormData(form);
  fields.delete("csrfmiddlewaretoken");
  return fields;
}

function show(form, root, otherwise) {
  swap(root, form.closest("[data-talk]"), otherwise);
}

function refused(form, is) {
  if (is) form.elements.text.setAttribute("aria-invalid", "true");
  else form.elements.text.removeAttribute("aria-invalid");
  if (!is) form.querySelector('[data-slot="talk-error"]').replaceChildren();
}

/** The live region stays; what it says changes. tone: positive, warning, negative, or "". */
function say(form, tone, words) {
  const region = form.querySelector('[data-slot="talk-state"]');
  region.dataset.tone = tone;
  region.textContent = words;
}

/* Answering ----------------------------------------------------------------------------- */

function answer(form, link) {
  form.elements.balas.value = link?.dataset.answer ?? "";
  const slot = form.querySelector('[data-slot="talk-answering"]');
  if (!link) {
    fillSlot(slot, [], form.elements.text);
    return;
  }
  const cancel = document.createElement("a");
  cancel.className = "link-button";
  cancel.href = `#${form.elements.text.id}`;
  cancel.dataset.noAnswer = "";
  cancel.textContent = "Batal";
  const author = link.closest("li").querySelector(".thread-who b").textContent;
  fillSlot(slot, [`Membalas ${author}. `, cancel], form.elements.text);
}

/* What is typed is kept ----------------------------------------------------------------- */

function keep(form) {
  const { text, balas, save_id: id } = form.elements;
  if (text.value.trim()) drafts.keep(form, [["text", text.value], ["balas", balas.value], ["save_id", id.value]]);
  else drafts.forget(form);
}

function bringBack(form) {
  const draft = drafts.find(form);
  if (!draft) return;
  drafts.settle(form);
  if (form.elements.text.value.trim()) return; // the server has given it back
  for (const [name, value] of draft.fields) if (form.elements[name]) form.elements[name].value = value;
  const link = form.closest("[data-talk]").querySelector(`[data-answer="${CSS.escape(form.elements.balas.value)}"]`);
  answer(form, link);
  keep(form);
  say(form, "warning", "Belum terkirim: ketikan dari kunjungan lalu.");
  const closed = form.closest("details[data-talk]");
  if (closed) closed.open = true;
}

/** 128 random bits as a UUID; crypto.randomUUID is for https alone. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* People after an "@" ------------------------------------------------------------------- */

let offering = null; // the field whose "@" is being completed

function typedName(field) {
  const before = field.value.slice(0, field.selectionStart);
  return before.match(/(?:^|[\s(])@([^\s@]*)$/)?.[1] ?? null;
}

function offer(field) {
  const typed = field.selectionStart === field.selectionEnd ? typedName(field)?.toLowerCase() : undefined;
  if (typed === undefined) return close();
  let shown = 0;
  for (const person of people.children) {
    const words = `${person.querySelector("b").textContent} ${person.dataset.username}`.toLowerCase();
    const fits = words.split(/[\s-]+/).concat(person.dataset.username).some((word) => word.startsWith(typed));
    person.hidden = !fits || shown === MOST_OFFERED;
    if (!person.hidden) shown += 1;
  }
  if (!shown) return close();
  offering = field;
  field.closest(".talk-field").append(people);
  people.hidden = false;
  field.setAttribute("aria-controls", people.id);
  choose(people.querySelector("li:not([hidden])"));
}

function choose(person) {
  for (const each of people.children) each.setAttribute("aria-selected", String(each === person));
  offering.setAttribute("aria-activedescendant", person.id);
  person.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const shown = [...people.querySelectorAll("li:not([hidden])")];
  const at = shown.findIndex((each) => each.getAttribute("aria-selected") === "true");
  choose(shown.at((at + by) % shown.length));
}

function take(person) {
  const field = offering;
  if (typedName(field) === null) return close(); // the caret has left it
  const start = field.selectionStart - typedName(field).length;
  field.setRangeText(`${person.dataset.username} `, start, field.selectionStart, "end");
  close();
  field.focus({ preventScroll: true });
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  people.hidden = true;
  for (const name of ["aria-controls", "aria-activedescendant"]) offering?.removeAttribute(name);
  offering = null;
}

/* What the page tells ------------------------------------------------------------------- */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-talk-form]")) {
    event.preventDefault();
    send(form);
  } else if (form.matches("[data-talk-acts]") && event.submitter) {
    event.preventDefault();
    act(form, event.submitter);
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-answer], [data-no-answer]");
  const form = link?.closest("[data-talk]")?.querySelector("[data-talk-form]");
  if (!form) return;
  event.preventDefault();
  answer(form, link.dataset.answer ? link : null);
  keep(form);
  form.elements.text.focus();
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-mentions]")) return;
  offer(target);
  keep(target.form);
  if (!target.form.dataset.sending) say(target.form, "", "");
});

document.addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && !offering && target.form?.elements.balas?.value) answer(target.form, null);
});

document.addEventListener("keydown", (event) => {
  if (!offering || event.target !== offering || event.isComposing) return;
  const chosen = people.querySelector('[aria-selected="true"]');
  if (event.key === "ArrowDown") move(1);
  else if (event.key === "ArrowUp") move(-1);
  else if (event.key === "Enter") take(chosen);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});

// Pressing takes no focus from the field; releasing takes the person.
people.addEventListener("pointerdown", (event) => event.preventDefault());
people.addEventListener("click", (event) => {
  const person = event.target.closest("li");
  if (person && offering) take(person);
});
document.addEventListener("focusout", ({ target }) => {
  if (target === offering) close();
});
document.addEventListener("selectionchange", () => {
  if (offering && typedName(offering) === null) close();
});

for (const form of document.querySelectorAll("[data-talk-form]")) bringBack(form);
