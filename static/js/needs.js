/** Which listed document a file is: a choice in its row is stored at once, and the list follows. */
import { parseFragment, postForm, reasonOf } from "./net.js";
import { catchUp } from "./rendered.js";
import { say } from "./say.js";

class Refused extends Error {}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-need]")) tick(target, target.value);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (!button) return;
  event.preventDefault();
  tick(button.closest(".file-need").querySelector("[data-need]"), button.value);
});

async function tick(field, value) {
  const area = field.closest("[data-upload]");
  const row = field.closest("li");
  const fields = new FormData();
  fields.append("dokumen", value);
  field.disabled = true;
  try {
    const { status, root } = await postForm(field.dataset.need, fields);
    const stored = root?.querySelector('[data-for="files"] > li');
    if (status !== 200 || !stored) throw new Refused(reason(root, status));
    row.replaceWith(stored);
    setNeeds(area, root);
    say(area.querySelector('.needs-count')?.textContent.trim() ?? "Tersimpan");
    stored.querySelector("[data-need]").focus();
  } catch (fault) {
    field.disabled = false;
    field.value = [...field.options].find((each) => each.defaultSelected)?.value ?? "";
    warn(row, fault instanceof Refused ? fault.message : `Belum tersimpan: ${reasonOf(fault)}. Pilih lagi sebentar lagi.`);
    field.focus();
  }
}

/** The checklist of the answer, as the fragment has it. */
export function setNeeds(area, root) {
  const [old, fresh] = [area.querySelector('[data-slot="needs"]'), root.querySelector('[data-for="needs"]')];
  if (old && fresh) old.replaceChildren(...fresh.childNodes);
}

function reason(root, status) {
  if (status === 401) return "Sesi Anda telah berakhir. Masuk lagi di tab lain, lalu pilih lagi.";
  return root?.querySelector("[data-refused]")?.textContent.trim() || "Pilihan belum tersimpan. Coba lagi.";
}

function warn(row, why) {
  let line = row.querySelector(".file-why");
  if (!line) {
    line = parseFragment('<p class="file-why" role="alert"></p>');
    row.querySelector(".file-need").after(line);
  }
  line.textContent = why;
}

catchUp(document.querySelectorAll("[data-need]"));
