// Tells the customer's open chat that a person has their case before them, for as long as it is so.

import { change } from "./api.js";

const EVERY = 10000;
const TYPING_EVERY = 4000;

/** Say so while `frame` is on the page and the page is looked at; `box` is where an answer is written. */
export function bePresent(id, frame, box) {
  let typed = 0;

  const say = (doing) => change(`/handoffs/${id}/presence`, { doing }).catch(() => {
    // Nothing depends on it, and what is really wrong shows elsewhere.
  });

  function look() {
    if (!frame.isConnected) {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      say("away");
    } else {
      say(document.visibilityState === "visible" ? "reading" : "away");
    }
  }

  box.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea") || Date.now() - typed < TYPING_EVERY) return;
    typed = Date.now();
    say("typing");
  });
  const timer = setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  look();
}
