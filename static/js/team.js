/**
 * Checks of the team on an area page: the button marks the question as it stands on this page, and
 * a mark lapses as soon as its answer or its evidence changes.
 */
import { postForm, reasonOf, swap } from "./net.js";
import { say, warn } from "./say.js";

const FILE = /\/bukti\/([0-9a-f-]{36})\/$/;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-check]");
  if (!button) return;
  event.preventDefault();
  if (button.hasAttribute("aria-busy")) return;
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
    if (!root?.querySelector("[data-for]")) {
      refuse(card, button, status === 401 ? "sesi Anda telah berakhir. Masuk lagi di tab lain, lalu tandai lagi" : root?.textContent.trim() || "muat ulang halaman");
      return;
    }
    swap(root, card);
    look(card);
    card.querySelector("[data-check]")?.focus({ preventScroll: true });
    const line = card.querySelector('[data-slot="team"]').textContent.replace(/\s+/g, " ").trim();
    (status === 200 ? say : warn)(`${card.dataset.question}: ${line}`);
  } catch (fault) {
    refuse(card, button, reasonOf(fault));
  }
});

/** The mark stands as it was, and the page with all that is typed on it stays. */
function refuse(card, button, why) {
  button.removeAttribute("aria-busy");
  const slot = card.querySelector('[data-slot="team"]');
  const told = slot.querySelector("[data-team-refused]") ?? document.createElement("p");
  told.className = "field-error";
  told.dataset.teamRefused = "";
  told.textContent = `Tanda periksa belum tersimpan: ${why}.`;
  slot.append(told);
  warn(`${card.dataset.question}: ${told.textContent}`);
}

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
  say(`${card.dataset.question}: ${card.querySelector("[data-lapsed]").textContent}`);
  const button = card.querySelector("[data-check]");
  if (!button) return;
  button.name = "dilihat"; // looked at anew, as it stands then
  button.firstChild.textContent = "Tandai diperiksa";
}
