/** The arrow keys turn the pages of a previewed file; links do the same without script. */
const WAYS = { ArrowLeft: "prev", ArrowRight: "next" };

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!(key in WAYS) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.closest("input, textarea, select, [role='region'], details.menu-drop")) return;
  const link = document.querySelector(`[data-preview] a[rel="${WAYS[key]}"]`);
  if (!link) return;
  event.preventDefault();
  location.assign(link.href);
});
