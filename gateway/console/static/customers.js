// Customers: find one, and see everything about them in one place.

import { read } from "./api.js";
import { customerThread } from "./customer_thread.js";
import { h } from "./dom.js";
import { handleWords } from "./handles.js";
import { handleIcon, icon } from "./icons.js";
import { avatar, panes, settled } from "./panes.js";
import { ageSince } from "./time.js";

let sought = "";

export function customersView(main, id) {
  const input = h("input", { type: "search", placeholder: "Name, phone, mail, login or id", "aria-label": "Search customers", value: sought });
  const view = panes(main, {
    title: "Customers",
    tools: h("div", { class: "pane-search" }, icon("search"), input),
    load: () => read(sought ? `/customers?q=${encodeURIComponent(sought)}` : "/customers"),
    draw: (one) => row(one, id),
    nothing: () => ({
      title: sought ? "Nobody matches that" : "No customers yet",
      text: sought ? "Names, phone numbers, mail addresses, logins and old customer ids are searched." : "Everyone who writes on any channel appears here.",
      choose: "Choose a customer",
    }),
    detail: (element, chosen) => customerThread(element, async () => chosen, "/console/customers"),
    id,
    refreshOn: ["message", "identity", "handoff", "delivery", "memory"],
  });
  input.addEventListener("input", settled(() => {
    sought = input.value.trim();
    view.refresh();
  }));
  return view.stop;
}

function row(one, chosen) {
  const all = one.handles.map((handle) => handle.kind);
  const kinds = all.length > 6 ? [...new Set(all)] : all;
  return h("a", { class: "row", href: `/console/customers/${one.id}`, "aria-current": one.id === chosen ? "true" : false },
    avatar(one.name),
    h("span", { class: "row-title" }, one.name),
    ageSince(one.seen_at),
    h("span", { class: "row-text" }, addresses(one)),
    h("span", { class: "row-end icons" }, kinds.slice(0, 6).map((kind) => handleIcon(kind)), one.handles.length > 6 && h("span", { class: "small" }, String(one.handles.length))),
  );
}

/** What the name does not say already. */
function addresses(one) {
  const words = one.handles.map((handle) => handleWords(handle.key)).filter((handle) => handle !== one.name);
  return words.join(", ") || "Name not known";
}
