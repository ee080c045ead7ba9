// Who is who, over all customers: what is suggested, what is alarming, what is blocked, what changed.

import { alarmList } from "./alarms.js";
import { auditLog } from "./audit.js";
import { blockList } from "./blocked.js";
import { fill, h } from "./dom.js";
import { onChanges } from "./panes.js";
import { suggestionList } from "./suggestions.js";

const TABS = {
  suggestions: ["Suggestions", suggestionList, "Customers that may be one person. They share no memory until you join them."],
  alarms: ["Alarms", alarmList, "What somebody should look at: it may be that two people were taken for one."],
  blocked: ["Blocked", blockList, "Addresses that never join anybody to anybody."],
  changes: ["Changes", auditLog, "Everything that people and rules changed, and a way back."],
};

export function identitiesView(main) {
  const tabs = h("div", { class: "switch tabs", role: "tablist", "aria-label": "Who is who" });
  const words = h("p", { class: "muted" });
  const body = h("div", { class: "identity-list", role: "tabpanel" });
  fill(main, h("section", { class: "page" }, h("header", { class: "page-head" }, h("h1", {}, "Who is who"), words), tabs, body));
  let refresh = () => {};

  function show() {
    const at = location.hash.slice(1) in TABS ? location.hash.slice(1) : "suggestions";
    fill(tabs, Object.entries(TABS).map(([key, [name]]) => h("button", { type: "button", role: "tab", "aria-selected": String(key === at), "aria-pressed": String(key === at), onclick: () => {
      history.replaceState(null, "", `#${key}`);
      show();
      tabs.querySelector('[aria-selected="true"]').focus();
    } }, name)));
    words.textContent = TABS[at][2];
    body.setAttribute("aria-label", TABS[at][0]);
    refresh = TABS[at][1](body);
  }

  addEventListener("hashchange", show);
  show();
  const stop = onChanges(["identity"], () => refresh());
  return () => {
    removeEventListener("hashchange", show);
    stop();
  };
}
