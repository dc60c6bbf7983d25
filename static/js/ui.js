// Small comforts of every page. Each works on what it is given by data attributes, and the page
// does without any of them.

/** An open menu closes with Escape, and when something outside it is pressed. */
const openMenus = () => document.querySelectorAll("details.menu-drop[open]");

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) {
    if (!menu.contains(target)) menu.open = false;
  }
});

/**
 * A form goes out once: who presses again on a slow line waits for the same answer. Forms that a
 * script sends are no business of this. On the way back to the page it can be sent again.
 */
const LONGEST_WAIT = 30_000; // milliseconds; then the person may try once more
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - Number(form.dataset.sentAt ?? 0) < LONGEST_WAIT) {
    event.preventDefault();
    return;
  }
  form.dataset.sentAt = Date.now();
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent-at]")) delete form.dataset.sentAt;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

/** <form data-guard>: leaving with ticks or words that were not sent asks first. */
const stateOf = (form) => new URLSearchParams(new FormData(form)).toString();
const guarded = new Map([...document.querySelectorAll("form[data-guard]")].map((form) => [form, stateOf(form)]));
addEventListener("beforeunload", (event) => {
  for (const [form, before] of guarded) if (!form.dataset.sentAt && stateOf(form) !== before) event.preventDefault();
});

/** <button data-tick-all>: ticks every box of its fieldset, or of its form; once more, none. */
for (const button of document.querySelectorAll("button[data-tick-all]")) button.hidden = false;
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button[data-tick-all]");
  if (!button) return;
  const boxes = [...button.closest("fieldset, form").querySelectorAll('input[type="checkbox"]:not(:disabled)')];
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  button.textContent = all ? "Pilih semua" : "Kosongkan pilihan";
  button.dispatchEvent(new Event("change", { bubbles: true }));
});

/** Signing out leaves nothing typed behind in this browser (drafts.js). */
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-sign-out]")) return;
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("pmpzi.draf.")) localStorage.removeItem(key);
    }
    localStorage.setItem("pmpzi.keluar", "1"); // other tabs keep nothing any more (drafts.js)
    localStorage.removeItem("pmpzi.keluar");
  } catch {
    // A browser without storage has kept nothing.
  }
});

/** <input type="checkbox" data-shows="id of a password field"> shows what is typed. */
document.addEventListener("change", ({ target }) => {
  const field = target.dataset?.shows && document.getElementById(target.dataset.shows);
  if (field) field.type = target.checked ? "text" : "password";
});

// After a refused form the reading starts at what has to be put right.
const told = document.querySelector(".notice[role='alert'][tabindex='-1']");
(told ?? document.querySelector("main [aria-invalid='true']"))?.focus();
