/**
 * What others save meanwhile appears on the page, without reload.
 *
 * Each change of the assessment has a number, one higher than that of the change before. The page
 * knows the number it was made with, and each save answers with its own. A gap between the two is
 * something that somebody else has done; then the page is fetched once more and the questions that
 * differ are brought up to date. Nothing is asked while nobody works on the page.
 */
import { TIMEOUT, keepPlace, scriptHeaders } from "./net.js";
import { say, warn } from "./say.js";

const REST = 60_000; // milliseconds between two looks

// What belongs to this page alone: typed, being sent, or refused.
const OWN = new Set(["draft", "conflict", "error", "state", "page-state", "uploads", "talk-state", "talk-error", "talk-answering"]);

const sheet = document.querySelector("[data-worksheet]");
const own = new Set(); // numbers of changes made here that lie beyond a gap
let known = Number(sheet.dataset.moved); // everything up to here stands on the page
let highest = known; // the last change that was heard of
let lookedAt = 0; // when it was fetched last
let heardAt = Date.now(); // when the server was last heard
let page = null; // what the questions can do: isBusy(form), renew(form, fresh)

/** questions: {isBusy(form), renew(form, fresh)}, where renew takes over what `fresh` holds. */
export function follow(questions) {
  page = questions;
}

/** The server told of change number `moved`; mine: it was made by the save that was answered. */
export function heard(moved, mine) {
  heardAt = Date.now();
  highest = Math.max(highest, moved);
  if (mine) own.add(moved);
  while (own.delete(known + 1)) known += 1;
}

/** Look, where something is missing and the last look is a while ago. */
export function lookIfBehind() {
  if (highest > known && Date.now() - lookedAt > REST) look();
}

async function look() {
  lookedAt = heardAt = Date.now();
  try {
    const response = await fetch(location.pathname, {
      credentials: "same-origin",
      redirect: "error",
      headers: { ...scriptHeaders(), "If-None-Match": `W/"${known}"` },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.status === 200) bringUp(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // The line is down or the sign-in has ended: the next save tells.
  }
}

function bringUp(fresh) {
  const freshSheet = fresh.querySelector("[data-worksheet]");
  if (!freshSheet) {
    closed(fresh);
    return;
  }
  const changed = [];
  for (const card of document.querySelectorAll("article[data-question]")) {
    const other = fresh.getElementById(card.id);
    if (other && bringUpCard(card, other)) changed.push(card.dataset.question);
  }
  for (const slot of document.querySelectorAll("[data-slot]")) {
    if (slot.closest("article[data-question]") || OWN.has(slot.dataset.slot)) continue;
    renewSlot(slot, fresh.querySelector(`[data-slot="${slot.dataset.slot}"]`));
  }
  known = Math.max(known, Number(freshSheet.dataset.moved));
  highest = Math.max(highest, known);
  while (own.delete(known + 1)) known += 1;
  if (changed.length) say(`${changed.length} jawaban di halaman ini baru saja berubah: ${changed.join(", ")}`);
}

/** Returns whether somebody else's answer came onto the page. */
function bringUpCard(card, fresh) {
  const [form, freshForm] = [card.querySelector("form"), fresh.querySelector("form")];
  // Its status has changed under the page, or its next save shows both texts.
  if (!form || !freshForm || page.isBusy(form)) return false;
  const isNew = Number(freshForm.elements.version.value) > Number(form.elements.version.value);
  if (isNew) {
    page.renew(form, freshForm);
    const state = card.querySelector('[data-slot="state"]');
    state.replaceChildren(...fresh.querySelector('[data-slot="state"]').childNodes);
    card.classList.add("is-fresh");
    setTimeout(() => card.classList.remove("is-fresh"), 4000);
  }
  for (const slot of card.querySelectorAll("[data-slot]")) {
    if (!OWN.has(slot.dataset.slot)) renewSlot(slot, fresh.querySelector(`[data-slot="${slot.dataset.slot}"]`));
  }
  card.dispatchEvent(new Event("brought-up", { bubbles: true }));
  return isNew;
}

function renewSlot(slot, fresh) {
  if (!fresh || slot.innerHTML === fresh.innerHTML) return;
  // Something is under way in it, or was refused and is to be read.
  if (slot.querySelector("[data-progress], [data-close], :disabled, [aria-busy]")) return;
  if (slot.contains(document.activeElement) && document.activeElement.matches("select, input")) return;
  keepPlace(slot, () => slot.replaceChildren(...fresh.childNodes));
}

/** The sheet was sent meanwhile, or its deadline has passed: nothing here can be saved any more. */
function closed(fresh) {
  const notice = document.querySelector("[data-closed]");
  const why = fresh.querySelector("[data-locked] .notice-title")?.textContent;
  if (why) notice.querySelector(".notice-title").textContent = why;
  notice.hidden = false;
  warn(notice.textContent.trim());
}

// Coming back to the page, or going on after a pause, asks what has happened meanwhile.
function lookAfterPause() {
  if (document.visibilityState === "visible" && navigator.onLine && Date.now() - heardAt > REST) look();
}
addEventListener("visibilitychange", lookAfterPause);
document.addEventListener("focusin", lookAfterPause);
