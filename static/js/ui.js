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

/** Signing out leaves nothing typed behind in this browser (drafts.js). */
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-sign-out]")) return;
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("pmpzi.draf.")) localStorage.removeItem(key);
    }
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
