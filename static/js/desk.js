/**
 * The reviewer's desk: saves a verdict as soon as it is whole, and quick keys.
 *
 * "Sesuai" is whole by itself; the other two need a value and a note. Going on is an ordinary form.
 */
import { postForm, swap } from "./net.js";

const KEYS_SETTING = "pmpzi.tombol-cepat";
const VERDICT_KEYS = { 1: "sesuai", 2: "kurang_sesuai", 3: "tidak_sesuai" };

const form = document.querySelector("form[data-desk]");
let sent = fingerprint();
let sending = false;
let again = false;

function fingerprint() {
  return JSON.stringify([...fields()].filter(([name]) => name !== "version"));
}

function fields() {
  const data = new FormData(form);
  const marked = form.querySelector('input[type="checkbox"][name="mark"]').checked;
  data.delete("csrfmiddlewaretoken");
  data.set("mark", marked ? "1" : "0");
  return data;
}

function isWhole() {
  const data = fields();
  if (data.get("verdict") === "sesuai") return true;
  if (!data.get("verdict") || !data.get("note").trim()) return false;
  const values = [...data].filter(([name]) => name === "value" || /^n\d+$/.test(name));
  return values.length > 0 && values.every(([, value]) => value.trim());
}

async function save() {
  if (sending) {
    again = true;
    return;
  }
  const print = fingerprint();
  if (print === sent || !isWhole()) return;
  sending = true;
  again = false;
  show("saving");
  try {
    const { status, root } = await postForm(form.action, fields());
    receive(status, root, print);
  } catch {
    show("unsaved", "Belum tersimpan. Periksa koneksi, lalu simpan lagi.");
  } finally {
    sending = false;
  }
  if (again) save();
}

function receive(status, root, print) {
  if (root?.dataset.version) form.elements.version.value = root.dataset.version;
  if (status === 200 && root) {
    sent = print;
    form.querySelector('[data-slot="conflict"]').replaceChildren();
    swap(root, form);
    return;
  }
  if (status === 401) show("unsaved", "Belum tersimpan: sesi Anda telah berakhir. Masuk lagi di tab lain.");
  else if (root?.dataset.state) swap(root, form);
  else show("unsaved", root?.textContent.trim() ?? "");
}

function show(state, text = "") {
  const template = document.querySelector(`template[data-state="${state}"]`);
  const element = template.content.cloneNode(true).firstElementChild;
  if (text) element.querySelector("span").textContent = text;
  form.querySelector('[data-slot="state"]').replaceChildren(element);
}

function adapt() {
  const verdict = new FormData(form).get("verdict");
  form.querySelector("[data-reviewer]").disabled = verdict === "sesuai";
}

form.addEventListener("change", () => {
  adapt();
  save();
});

// A disabled field is not sent; the verdict stands for itself then.
adapt();

const switchKeys = form.querySelector("[data-keys-on]");
switchKeys.checked = localStorage.getItem(KEYS_SETTING) !== "mati";
switchKeys.addEventListener("change", (event) => {
  event.stopPropagation();
  localStorage.setItem(KEYS_SETTING, switchKeys.checked ? "hidup" : "mati");
});

document.addEventListener("keydown", (event) => {
  if (!switchKeys.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
  if (VERDICT_KEYS[event.key]) {
    const radio = form.querySelector(`input[name="verdict"][value="${VERDICT_KEYS[event.key]}"]`);
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (event.key === "n") form.querySelector("[data-next]").click();
  else if (event.key === "p") form.querySelector("[data-previous]")?.click();
  else if (event.key === "?") {
    const list = form.querySelector("[data-keys]");
    list.open = !list.open;
    list.querySelector("summary").focus();
  } else return;
  event.preventDefault();
});
