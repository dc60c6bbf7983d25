/** Talking to the server: a form's fields out, an HTML fragment back. */

export const TIMEOUT = 20_000; // milliseconds

/** The line is there, the server is not able: a fault of its own, or too much to do (5xx). */
export class ServerFault extends Error {}

/** Why something sent with postForm was not stored, as it is said on the page. */
export function reasonOf(fault) {
  return fault instanceof ServerFault ? "server sedang tidak dapat menyimpan" : "koneksi terputus";
}

/**
 * Post fields and read the fragment that comes back.
 * Resolves with {status, root}; root is the fragment's first element, or null.
 * Rejects when the server could not be reached, answered 5xx (ServerFault), or took
 * longer than TIMEOUT: the save may or may not have happened, so it is safe and right to repeat it.
 * keepalive: the request outlives the page; browsers grant that to 64 kB in all, so not by default.
 */
export async function postForm(url, body, { keepalive = false } = {}) {
  const response = await fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    redirect: "error",
    keepalive,
    headers: scriptHeaders(),
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const text = await response.text();
  if (response.status >= 500) throw new ServerFault(`server answered ${response.status}`);
  return { status: response.status, root: parseFragment(text) };
}

export function parseFragment(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content.firstElementChild;
}

/**
 * What every scripted request says: that no page is asked for, the token of the present sign-in,
 * and whom this page was made for. Where somebody else has signed in since, the server answers 401.
 */
export function scriptHeaders() {
  const { person } = document.documentElement.dataset;
  return { "X-Requested-With": "fetch", "X-CSRFToken": csrfToken(), ...(person && { "X-Person": person }) };
}

/** The token of the present sign-in: signing in again in another tab makes a new one. */
function csrfToken() {
  const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  return found ? decodeURIComponent(found[1]) : "";
}

/**
 * Put the fragment's parts in place: data-for within `form`, data-page anywhere on the page.
 * otherwise: where the focus goes that stood in a part of the form.
 */
export function swap(root, form, otherwise) {
  for (const part of root.querySelectorAll("[data-for]")) {
    const slot = form.querySelector(`[data-slot="${part.dataset.for}"]`);
    if (slot) fillSlot(slot, part.childNodes, otherwise);
  }
  for (const part of root.querySelectorAll("[data-page]")) {
    for (const slot of document.querySelectorAll(`[data-slot="${part.dataset.page}"]`)) {
      keepPlace(slot, () => slot.replaceChildren(...part.cloneNode(true).childNodes));
    }
  }
}

/** What stands in a slot is replaced; a focus in it goes to `otherwise`, never to nowhere. */
export function fillSlot(slot, nodes, otherwise) {
  const held = slot.contains(document.activeElement);
  slot.replaceChildren(...nodes);
  if (held) otherwise?.focus();
}

/** A list that the person has unfolded stays unfolded, and the focus stays on the same control. */
export function keepPlace(slot, change) {
  const controls = () => [...slot.querySelectorAll("a, button, summary")];
  const focused = controls().indexOf(document.activeElement);
  const open = [...slot.querySelectorAll("details")].map((each) => each.open);
  change();
  slot.querySelectorAll("details").forEach((each, at) => { each.open = open[at] ?? each.open; });
  if (focused >= 0) controls()[focused]?.focus({ preventScroll: true });
}
