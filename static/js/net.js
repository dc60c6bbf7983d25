/** Talking to the server: a form's fields out, an HTML fragment back. */

export const TIMEOUT = 20_000; // milliseconds

/**
 * Post fields and read the fragment that comes back.
 * Resolves with {status, root}; root is the fragment's first element, or null.
 * Rejects when the server could not be reached, answered with a fault of its own (5xx), or took
 * longer than TIMEOUT: the save may or may not have happened, so it is safe and right to repeat it.
 */
export async function postForm(url, body) {
  const response = await fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    redirect: "error",
    headers: { "X-Requested-With": "fetch", "X-CSRFToken": csrfToken() },
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`server answered ${response.status}`);
  return { status: response.status, root: parseFragment(text) };
}

export function parseFragment(text) {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content.firstElementChild;
}

/** The token of the present sign-in: signing in again in another tab makes a new one. */
export function csrfToken() {
  const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  return found ? decodeURIComponent(found[1]) : "";
}

/** Put the fragment's parts in place: data-for within `form`, data-page anywhere on the page. */
export function swap(root, form) {
  for (const part of root.querySelectorAll("[data-for]")) {
    const slot = form.querySelector(`[data-slot="${part.dataset.for}"]`);
    if (slot) slot.replaceChildren(...part.childNodes);
  }
  for (const part of root.querySelectorAll("[data-page]")) {
    for (const slot of document.querySelectorAll(`[data-slot="${part.dataset.page}"]`)) {
      keepOpen(slot, () => slot.replaceChildren(...part.cloneNode(true).childNodes));
    }
  }
}

/** A list that the person has unfolded stays unfolded. */
function keepOpen(slot, change) {
  const open = [...slot.querySelectorAll("details")].map((each) => each.open);
  change();
  slot.querySelectorAll("details").forEach((each, at) => { each.open = open[at] ?? each.open; });
}
