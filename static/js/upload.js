/** Evidence: several files at once, one request a file, with progress; refusals stay in view. */
import { IN_CHUNKS, ask, sendInChunks } from "./chunks.js";
import { setNeeds } from "./needs.js";
import { parseFragment, scriptHeaders } from "./net.js";
import { catchUp } from "./rendered.js";
import { say, warn } from "./say.js";

const UNDER_WAY = "[data-progress]";

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-file-input]")) return;
  // A copy: the list of a field that is emptied is emptied too, before the second file is sent.
  sendAll(target.closest("[data-upload]"), [...target.files]);
  target.value = "";
});

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const area = event.target.closest?.("[data-drop]");
    if (!area || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    area.classList.toggle("is-over", name === "dragover");
    if (name === "drop") sendAll(area, [...event.dataTransfer.files]);
  });
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) removeRow(close.closest("[data-upload]"), close.closest("li"));
});

// Taking a file off, without leaving the page.
document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.getAttribute("formaction")?.includes("/lepas/")) return;
  event.preventDefault();
  const area = button.closest("[data-upload]");
  const row = button.closest("li");
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(button.formAction.replace("?halaman=1", ""), {
      method: "POST",
      credentials: "same-origin",
      headers: scriptHeaders(),
    });
    const root = parseFragment(await response.text());
    if (!response.ok) throw new Error(reason(root, response.status));
    row.remove();
    setCount(area, root);
    area.querySelector("[data-file-input]").focus();
    say(`Berkas dilepas. ${root.dataset.count}`);
  } catch (fault) {
    button.removeAttribute("aria-busy");
    refuse(area, row.querySelector(".file-name").textContent, message(fault, "Berkas belum dilepas. Coba lagi."));
  }
});

async function sendAll(area, files) {
  for (const file of files) await send(area, file);
}

/** One file; resolves when it is stored, refused or cancelled, so that the next one may go. */
async function send(area, file) {
  const row = rowOf("uploading", file.name);
  area.querySelector('[data-slot="files"]').append(row);
  say(`Mengunggah ${file.name}`);
  summarise();
  const bar = row.querySelector("[data-progress]");
  const facts = row.querySelector("[data-facts]");
  const stop = new AbortController();
  row.querySelector("[data-cancel]").addEventListener("click", () => stop.abort());
  let wasLost = false;
  const tell = (loaded, total, lost) => {
    const percent = total ? Math.round((100 * loaded) / total) : 0;
    const sizes = `${sizeOf(loaded)} dari ${sizeOf(total)} (${percent}%)`;
    bar.value = percent;
    if (lost && !wasLost) warn(`Koneksi terputus; ${file.name} dilanjutkan setelah tersambung.`);
    wasLost = Boolean(lost);
    if (lost) facts.textContent = `Koneksi terputus pada ${sizes}. Dilanjutkan sendiri setelah tersambung.`;
    else facts.textContent = percent < 100 ? `Mengunggah ${sizes}` : "Memeriksa berkas…";
  };
  const again = row.querySelector("[data-again]");
  const stuck = (loaded, total) => new Promise((resolve, reject) => {
    facts.textContent = `Server sedang tidak dapat menerima berkas; berhenti pada ${sizeOf(loaded)} dari ${sizeOf(total)}.`;
    again.hidden = false;
    warn(`${file.name}: ${facts.textContent}`);
    again.addEventListener("click", () => {
      if (document.activeElement === again) row.querySelector("[data-cancel]").focus();
      again.hidden = true;
      tell(loaded, total);
      resolve();
    }, { once: true });
    stop.signal.addEventListener("abort", () => reject(stop.signal.reason), { once: true });
  });
  const bring = file.size > IN_CHUNKS ? sendInChunks : sendWhole;
  try {
    finish(area, file, row, await bring(area.dataset.upload, file, { signal: stop.signal, tell, stuck }));
  } catch (fault) {
    removeRow(area, row);
    if (!stop.signal.aborted) refuse(area, file.name, message(fault, "Koneksi terputus. Berkas belum terunggah; unggah lagi setelah tersambung."));
  }
}

function sendWhole(url, file, { signal, tell }) {
  const body = new FormData();
  body.append("file", file);
  return ask("POST", url, { body, signal, progress: tell });
}

function finish(area, file, row, { status, text }) {
  const root = parseFragment(text);
  if (status === 200 && root?.dataset.next) {
    row.remove();
    location.assign(root.dataset.next);
    return;
  }
  if (status === 200 && root) {
    const stored = root.querySelector('[data-for="files"] > li');
    const same = [...area.querySelectorAll(".file-actions a")].find(
      (each) => each.getAttribute("href") === stored.querySelector("a").getAttribute("href"),
    );
    if (!same) row.before(stored);
    removeRow(area, row);
    setCount(area, root);
    say(`${file.name} terunggah. ${root.dataset.count}`);
    keepInView(area);
    return;
  }
  removeRow(area, row);
  refuse(area, file.name, reason(root, status));
}

/** A focus in the row (on "Batalkan", say) goes to where a file is chosen. */
function removeRow(area, row) {
  const held = row.contains(document.activeElement);
  row.remove();
  if (held) area.querySelector("[data-file-input]").focus();
  summarise();
}

/** The list has grown above the control that has the focus: it stays above the foot of the screen. */
function keepInView(area) {
  if (!area.contains(document.activeElement)) return;
  const shown = document.activeElement.labels?.[0] ?? document.activeElement;
  shown.scrollIntoView({ block: "nearest" });
}

/** The foot of the screen, where there is one, says that files are under way. */
function summarise() {
  const slot = document.querySelector('[data-slot="uploads"]');
  if (!slot) return;
  const count = document.querySelectorAll(UNDER_WAY).length;
  slot.textContent = count ? `${count} berkas sedang diunggah` : "";
}

addEventListener("beforeunload", (event) => {
  if (document.querySelector(UNDER_WAY)) event.preventDefault();
});

function reason(root, status) {
  if (status === 401) return "Sesi Anda telah berakhir. Masuk lagi di tab lain, lalu unggah lagi.";
  if (status >= 500) return "Terjadi gangguan pada server. Berkas belum terunggah; coba lagi.";
  return root?.querySelector("[data-refused]")?.textContent.trim() || root?.textContent.trim() || "Berkas belum terunggah.";
}

function message(fault, otherwise) {
  if (fault instanceof DOMException) return "Berkas tidak dapat dibaca di perangkat ini. Pilih lagi berkasnya.";
  return fault instanceof TypeError ? otherwise : fault.message;
}

function refuse(area, name, why) {
  const row = rowOf("refused", name);
  area.querySelector('[data-slot="files"]').append(row);
  row.querySelector("[data-why]").textContent = why;
  warn(`${name}: ${why}`);
}

function rowOf(kind, name) {
  const row = document.querySelector(`template[data-file="${kind}"]`).content.cloneNode(true).firstElementChild;
  row.querySelector("[data-name]").textContent = name;
  row.querySelector("[data-type]").textContent = name.split(".").pop().slice(0, 4).toUpperCase();
  return row;
}

function setCount(area, root) {
  area.querySelector('[data-slot="file-count"]').textContent = root.dataset.count;
  setNeeds(area, root);
}

function sizeOf(bytes) {
  const megabytes = bytes / 1_000_000;
  return megabytes >= 1 ? `${megabytes.toFixed(1).replace(".", ",")} MB` : `${Math.ceil(bytes / 1000)} kB`;
}

catchUp(document.querySelectorAll("[data-file-input]"));
