/**
 * Checks of the team on an area page: the button marks the question as it stands on this page, and
 * a mark lapses as soon as its answer or its evidence changes.
 */
import { postForm, swap } from "./net.js";

const FILE = /\/bukti\/([0-9a-f-]{36})\/$/;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-check]");
  if (!button) return;
  event.preventDefault();
  const card = button.closest(".question");
  const fields = new FormData();
  const version = card.querySelector('input[name="version"]');
  if (button.name === "batal" || !version) fields.append(button.name, button.value);
  else {
    fields.append("versi", version.value);
    for (const file of filesOf(card)) fields.append("berkas", file);
  }
  button.setAttribute("aria-busy", "true");
  try {
    const { status, root } = await postForm(button.getAttribute("formaction"), fields);
    if (!root?.querySelector("[data-for]")) throw new Error(`server answered ${status}`);
    swap(root, card);
    look(card);
    card.querySelector("[data-check]")?.focus({ preventScroll: true });
  } catch {
    button.removeAttribute("aria-busy");
    button.form.action = button.getAttribute("formaction");
    button.form.requestSubmit(button); // the plain way says what is wrong
  }
});

/** The files beside the question, as its rows link to them. */
function filesOf(card) {
  const links = [...card.querySelectorAll('[data-slot="files"] a[href]')];
  const found = links.map((link) => FILE.exec(new URL(link.href).pathname)?.[1]).filter(Boolean);
  return [...new Set(found)];
}

/* A mark that stood on the page no longer holds once something else is saved or attached. */
for (const card of document.querySelectorAll(".question")) {
  const watch = new MutationObserver(() => lapse(card));
  const version = card.querySelector('input[name="version"]');
  const files = card.querySelector('[data-slot="files"]');
  const state = card.querySelector('[data-slot="state"]');
  if (!version || !state) continue;
  look(card);
  watch.observe(state, { childList: true, subtree: true });
  if (files) watch.observe(files, { childList: true });
}

document.addEventListener("brought-up", ({ target }) => look(target));

/** What a mark on this card stands for from now on. */
function look(card) {
  const version = card.querySelector('input[name="version"]');
  if (!version) return;
  card.dataset.seenVersion = version.value;
  card.dataset.seenFiles = filesOf(card).sort().join(" ");
}

function lapse(card) {
  const checked = card.querySelector("[data-checked]");
  if (!checked || checked.hidden) return;
  const same = card.querySelector('input[name="version"]').value === card.dataset.seenVersion
    && filesOf(card).sort().join(" ") === card.dataset.seenFiles;
  if (same) return;
  checked.hidden = true;
  card.querySelector("[data-lapsed]").hidden = false;
  const button = card.querySelector("[data-check]");
  if (!button) return;
  button.name = "dilihat"; // looked at anew, as it stands then
  button.firstChild.textContent = "Tandai diperiksa";
}
