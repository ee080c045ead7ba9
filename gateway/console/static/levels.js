// The assurance ladder on the console: five steps, in words and as bars.

import { h } from "./dom.js";

export const LEVELS = ["not proved", "claimed", "vouched for by the channel", "proved", "logged in"];

/** The same where there is little room. */
export const SHORT = ["none", "claimed", "channel", "proved", "logged in"];

/** Four bars, filled up to the level. */
export function level(number) {
  const label = `Level ${number}: ${LEVELS[number]}`;
  return h("span", { class: "level", role: "img", "aria-label": label, title: label },
    [1, 2, 3, 4].map((step) => h("i", { class: step <= number ? "on" : "" })));
}
