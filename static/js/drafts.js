/**
 * What is typed and not saved yet, kept in this browser until the server has it.
 *
 * A closed tab, an ended session, a server that restarts, hours without a line: whoever opens the
 * page again as the same person is offered the text, beside what is stored. Signing out removes it
 * (ui.js). The browser may have no storage, or a full one; then the page alone holds the text, and
 * says that it is not saved.
 */

const PREFIX = "pmpzi.draf."; // ui.js clears it at sign-out
const SIGNED_OUT = "pmpzi.keluar"; // ui.js writes it then, which other tabs hear
const OLDEST = 60 * 24 * 3600 * 1000; // milliseconds
const TOKEN = /\s*\S+/g;

// What is typed on a page whose person has left stays on that page alone.
let hasLeft = false;
addEventListener("storage", ({ key }) => {
  if (key === SIGNED_OUT) hasLeft = true;
});

/** The drafts of one person on one page. */
export class Drafts {
  constructor(person) {
    this.prefix = `${PREFIX}${person}.`;
    this.offered = new Map(); // form -> the draft that waits for an answer
    this.#removeOld();
  }

  /** Keep the fields of a form: pairs of name and value. */
  keep(form, fields) {
    const draft = { at: Date.now(), fields };
    this.#write(form, { draft, offered: this.offered.get(form) });
  }

  /** The server has what the form holds. */
  forget(form) {
    this.#write(form, { offered: this.offered.get(form) });
  }

  /** The draft of an earlier visit, or null; from now on it is kept until `settle`. */
  find(form) {
    const { draft, offered } = this.#read(this.#key(form)) ?? {};
    const found = draft ?? offered ?? null;
    if (found) this.offered.set(form, found);
    return found;
  }

  /** The person has taken the offered draft, or thrown it away. */
  settle(form) {
    const { draft } = this.#read(this.#key(form)) ?? {};
    const taken = this.offered.get(form);
    this.offered.delete(form);
    this.#write(form, { draft: draft?.at === taken?.at ? undefined : draft });
  }

  #key(form) {
    return this.prefix + form.getAttribute("action");
  }

  #read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null; // no storage, or not ours
    }
  }

  #write(form, { draft, offered }) {
    if (hasLeft) return;
    try {
      if (draft || offered) localStorage.setItem(this.#key(form), JSON.stringify({ draft, offered }));
      else localStorage.removeItem(this.#key(form));
    } catch {
      // No storage, or a full one.
    }
  }

  #removeOld() {
    for (const key of storedKeys()) {
      const stored = key.startsWith(PREFIX) && this.#read(key);
      const at = stored && Math.max(stored.draft?.at ?? 0, stored.offered?.at ?? 0);
      if (stored && Date.now() - at > OLDEST) localStorage.removeItem(key);
    }
  }
}

function storedKeys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

/** The offer: the draft beside what the form shows, words that differ marked. */
export function offerOf(form, draft) {
  const offer = document.querySelector("template[data-draft-offer]").content.cloneNode(true).firstElementChild;
  const [mine, theirs] = [new Map(draft.fields), new Map(new FormData(form))];
  const when = new Intl.DateTimeFormat("id", { dateStyle: "long", timeStyle: "short" }).format(draft.at);
  offer.querySelector("[data-draft-when]").textContent = `Diketik ${when}, belum tersimpan`;
  const [left, right] = markDifferences(mine.get("note") ?? "", theirs.get("note") ?? "");
  describe(offer.querySelector('[data-draft="mine"]'), form, mine, left);
  describe(offer.querySelector('[data-draft="theirs"]'), form, theirs, right);
  return offer;
}

function describe(side, form, fields, note) {
  const answers = [...fields].filter(([name]) => form.elements[name] && !["note", "version", "csrfmiddlewaretoken", "file"].includes(name));
  const words = answers.map(([name, value]) => {
    const label = form.querySelector(`label[for="${CSS.escape(form.elements[name].id ?? "")}"]`);
    return label ? `${label.textContent.trim()}: ${value || "belum ada"}` : value;
  });
  side.querySelector("[data-draft-answer]").textContent = words.filter(Boolean).join("; ") || "Belum dijawab";
  side.querySelector("[data-draft-note]").append(...note);
}

/** Both texts as nodes, the part between their common beginning and end within <ins>. */
function markDifferences(mine, theirs) {
  const [left, right] = [mine.match(TOKEN) ?? [], theirs.match(TOKEN) ?? []];
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return [left, right].map((words) => marked(words, start, words.length - end));
}

function marked(words, start, end) {
  const change = document.createElement("ins");
  const middle = words.slice(start, end).join("");
  change.textContent = middle.trimStart();
  const space = middle.slice(0, middle.length - middle.trimStart().length);
  return [words.slice(0, start).join("") + space, ...(change.textContent ? [change] : []), words.slice(end).join("")];
}
