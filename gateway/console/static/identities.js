// Who is who, over all customers: what is suggested, what is alarming, what is blocked, what changed.

import { alarmList } from "./alarms.js";
import { auditLog } from "./audit.js";
import { blockList } from "./blocked.js";
import { fill, h } from "./dom.js";
import { importList } from "./imports.js";
import { failure, onChanges } from "./panes.js";
import { may } from "./rights.js";
import { suggestionList } from "./suggestions.js";

const TABS = {
  suggestions: { name: "Suggestions", needs: "link", list: suggestionList, words: "Customers that may be one person. They share no memory until you join them." },
  alarms: { name: "Alarms", needs: "see", list: alarmList, words: "What somebody should look at: it may be that two people were taken for one." },
  blocked: { name: "Blocked", needs: "link", list: blockList, words: "Addresses that never join anybody to anybody." },
  imports: { name: "Imports", needs: "provision", list: importList, words: "Customers from files, and all customers as a file. An import is undone as one." },
  changes: { name: "Changes", needs: "audit", list: auditLog, words: "Everything that people and rules changed, and a way back." },
};

export function identitiesView(main) {
  const tabs = h("div", { class: "switch tabs", role: "tablist", "aria-label": "Who is who" });
  const words = h("p", { class: "muted" });
  const body = h("div", { role: "tabpanel" });
  fill(main, h("section", { class: "page" }, h("header", { class: "page-head" }, h("h1", {}, "Who is who"), words), tabs, body));
  let refresh = () => {};
  let offered = [];

  function show() {
    const wanted = location.hash.slice(1);
    const at = offered.includes(wanted) ? wanted : offered[0];
    if (!at) return;
    fill(tabs, offered.map((key) => h("button", { type: "button", role: "tab", "aria-selected": String(key === at), onclick: () => choose(key) }, TABS[key].name)));
    words.textContent = TABS[at].words;
    body.setAttribute("aria-label", TABS[at].name);
    // A list of its own for each choice: what an earlier one still waits for is shown nowhere.
    const list = h("div", { class: "identity-list" });
    fill(body, list);
    refresh = TABS[at].list(list);
  }

  function choose(key) {
    history.replaceState(null, "", `#${key}`);
    show();
    tabs.querySelector('[aria-selected="true"]').focus();
  }

  addEventListener("hashchange", show);
  may().then((rights) => {
    offered = Object.keys(TABS).filter((key) => rights.has(TABS[key].needs));
    show();
  }, (problem) => fill(body, failure(problem, () => location.reload())));
  const stop = onChanges(["identity"], () => refresh());
  return () => {
    removeEventListener("hashchange", show);
    stop();
  };
}
