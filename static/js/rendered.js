/**
 * Fields as the server rendered them. On a slow line a page can be filled in before its scripts
 * are there: what was entered until then is told from what is stored, and taken like anything else.
 */

const NO_ENTRY = new Set(["submit", "button", "reset", "image", "file"]);

/** Pairs of name and value as FormData gives them, of a form that nobody has touched. */
export function renderedFields(form) {
  const pairs = [];
  for (const field of form.elements) {
    if (!field.name || NO_ENTRY.has(field.type) || field.matches(":disabled")) continue;
    if (field.matches("select")) pairs.push(...renderedOptions(field).map((option) => [field.name, option.value]));
    else if (field.type !== "radio" && field.type !== "checkbox") pairs.push([field.name, field.defaultValue]);
    else if (field.defaultChecked) pairs.push([field.name, field.value]);
  }
  return pairs;
}

/** Tells of every one of these fields that holds something else than it was rendered with. */
export function catchUp(fields) {
  for (const field of fields) {
    if (isEntered(field)) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function isEntered(field) {
  if (field.type === "file") return field.files.length > 0;
  if (field.type === "radio") return field.checked && !field.defaultChecked;
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (!field.matches("select")) return field.value !== field.defaultValue;
  const shown = renderedOptions(field);
  return [...field.selectedOptions].some((option) => !shown.includes(option));
}

function renderedOptions(field) {
  const shown = [...field.options].filter((option) => option.defaultSelected);
  return shown.length || field.multiple ? shown : [...field.options].slice(0, 1);
}
