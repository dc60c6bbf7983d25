/**
 * Computes the simulation as answers are changed. The server does the arithmetic; this sends the
 * entries that differ from the real ones and puts the figures in place. Nothing is stored.
 *
 * Of several requests on their way only the newest one's answer is shown.
 */
import { postForm, swap } from "./net.js";
import { catchUp } from "./rendered.js";

const TYPING_PAUSE = 400; // milliseconds after the last key

const form = document.querySelector("form[data-simulation]");
const state = form.querySelector("[data-state]");
let newest = 0;
let timer = 0;

async function compute() {
  clearTimeout(timer);
  const mine = ++newest;
  say("computing", "Menghitung…");
  try {
    const { status, root } = await postForm(form.dataset.simulation, changedFields());
    if (mine !== newest) return;
    if (root?.dataset.changed === undefined) return fail(root, status);
    show(root);
  } catch {
    if (mine === newest) fail(null, 0);
  }
}

function show(root) {
  const changed = new Set(root.dataset.changed.split(" "));
  const faults = new Map([...root.querySelectorAll("[data-fault]")].map((each) => [each.dataset.fault, each]));
  for (const row of form.querySelectorAll("[data-row]")) {
    const fault = faults.get(row.dataset.row);
    row.classList.toggle("is-changed", changed.has(row.dataset.row));
    row.classList.toggle("is-refused", Boolean(fault));
    row.querySelector("[data-error]").textContent = fault?.textContent ?? "";
    const wrong = fault?.dataset.inputs.split(" ").filter(Boolean) ?? [];
    for (const field of row.querySelectorAll('input[type="text"]')) {
      const at = fault && (wrong.length === 0 || wrong.includes(field.dataset.key));
      if (at) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
  swap(root, form);
  say("computed", faults.size ? "Ada isian yang belum dapat dihitung." : "Sudah dihitung.");
}

/** The figures on screen are of an earlier state: it says so until a computation succeeds. */
function fail(root, status) {
  const why = status === 401 ? "sesi Anda telah berakhir. Masuk lagi di tab lain" : "koneksi terputus";
  const text = status && status !== 401 ? root?.textContent.trim().slice(0, 200) || "server menolak" : why;
  say("failed", `Belum dihitung ulang: ${text}. Isian tetap di halaman ini; tekan Hitung untuk mencoba lagi.`);
}

function say(name, text) {
  state.dataset.state = name;
  state.textContent = text;
  if (name !== "failed") return;
  for (const slot of document.querySelectorAll('[data-slot="dock"]')) slot.textContent = "Belum dihitung ulang";
}

/** Every field of each question that stands otherwise than on the real sheet. */
function changedFields() {
  const fields = new FormData();
  fields.append("dasar", form.elements.dasar.value);
  for (const row of form.querySelectorAll("[data-row]")) {
    const inputs = [...row.querySelectorAll("input")];
    const differs = inputs.some((each) =>
      each.type === "radio" ? each.checked && !("now" in each.dataset) : each.value.trim() !== each.dataset.now,
    );
    if (!differs) continue;
    for (const each of inputs) {
      if (each.type !== "radio" || each.checked) fields.append(each.name, each.value);
    }
  }
  return fields;
}

function isAnswer(target) {
  return Boolean(target.closest?.("[data-row]"));
}

form.addEventListener("change", ({ target }) => {
  if (isAnswer(target)) compute();
});

form.addEventListener("input", ({ target }) => {
  if (!isAnswer(target) || target.type === "radio") return;
  clearTimeout(timer);
  timer = setTimeout(compute, TYPING_PAUSE);
});

form.addEventListener("submit", (event) => {
  if (event.submitter && event.submitter.value !== "hitung") return;
  event.preventDefault();
  compute();
});

addEventListener("online", () => {
  if (state.dataset.state === "failed") compute();
});

// A link to a question unfolds the area it stands in.
document.addEventListener("click", ({ target }) => {
  const to = target.closest?.('a[href^="#"]')?.getAttribute("href").slice(1);
  const area = to && document.getElementById(to)?.closest("details.sim-area");
  if (area) area.open = true;
});

catchUp(form.querySelectorAll("input"));
