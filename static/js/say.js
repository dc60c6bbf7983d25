/**
 * What a screen reader is told. The two regions stand on every page from the start (base.html):
 * one that is put in together with its words is often not read.
 */

/** When there is a pause. */
export function say(words) {
  speak("[data-said]", words);
}

/** At once: something that was typed or sent is not stored. */
export function warn(words) {
  speak("[data-warned]", words);
}

function speak(place, words) {
  const region = document.querySelector(place);
  region.textContent = ""; // the same words again are something new
  setTimeout(() => { region.textContent = words; }, 50);
}
