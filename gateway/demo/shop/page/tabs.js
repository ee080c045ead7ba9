// Which place is in front: alone where there is room for one, the larger of two beside each other.

import { fill } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

const TABS = { phone: "phone", mail: "mail", slack: "room", web: "chat", trace: "threads" };
const button = (tab) => document.getElementById(`tab-${tab}`);

/** Bring a pane to the front. */
export function front(tab) {
  const stage = document.querySelector(".stage");
  stage.dataset.tab = tab;
  if (tab === "mail" || tab === "slack") stage.dataset.large = tab;
  for (const one of Object.keys(TABS)) {
    const chosen = one === tab;
    button(one).setAttribute("aria-selected", String(chosen));
    button(one).tabIndex = chosen ? 0 : -1;
    if (chosen) button(one).classList.remove("news");
  }
}

/** Something came in here: its tab says so, and of two places beside each other it is the larger. */
export function news(tab) {
  const stage = document.querySelector(".stage");
  if (tab === "mail" || tab === "slack") stage.dataset.large = tab;
  if (button(tab).getAttribute("aria-selected") !== "true") button(tab).classList.add("news");
}

/** Let the tabs work; like all that needs a script, they are disabled until there is one. */
export function setUpTabs() {
  const names = Object.keys(TABS);
  for (const [at, tab] of names.entries()) {
    fill(button(tab).querySelector("span"), icon(TABS[tab]));
    button(tab).disabled = false;
    button(tab).addEventListener("click", () => front(tab));
    button(tab).addEventListener("keydown", (key) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key.key];
      if (!step) return;
      const next = names[(at + step + names.length) % names.length];
      front(next);
      button(next).focus();
    });
  }
  for (const tab of ["mail", "slack"]) {
    document.getElementById(`pane-${tab}`).addEventListener("focusin", () => (document.querySelector(".stage").dataset.large = tab));
  }
}
