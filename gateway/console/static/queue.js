// The queue: cases in human hands with their reason and age, those that wait before those taken.

import { read } from "./api.js";
import { caseDetail, ownerName } from "./case.js";
import { fill, h } from "./dom.js";
import { avatar, listed, panes } from "./panes.js";
import { ageSince } from "./time.js";

const CHANGES = ["message", "delivery", "handoff", "identity"];
const URGENT = ["critical", "urgent", "high"];
const ASIDE = "not-answerable";
let status = "open";
let asideOpen = true;

export function queueView(main, id, go) {
  const tools = h("div", { class: "pane-tools" });
  const view = panes(main, {
    title: "Queue",
    tools,
    load: () => read(status === "open" ? "/handoffs" : "/handoffs?status=closed"),
    arrange: (found) => arranged(found, id),
    nothing: () => (status === "open"
      ? { title: "Nobody is waiting", text: "When the bot hands a case to people, it appears here with its reason and its age.", choose: "Choose a case to see its thread" }
      : { title: "No case was closed yet", text: "Cases that were resolved or handed back are kept here.", choose: "Choose a case to see its thread" }),
    detail: (element, chosen) => caseDetail(element, chosen, go),
    id,
    refreshOn: CHANGES,
  });
  fill(tools, filter(view.refresh));
  return view.stop;
}

function filter(refresh) {
  const buttons = ["open", "closed"].map((one) => h("button", { type: "button", "aria-pressed": String(one === status), onclick: () => choose(one) }, one === "open" ? "Open" : "Closed"));
  function choose(one) {
    status = one;
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(["open", "closed"][at] === one)));
    refresh();
  }
  return h("div", { class: "switch", role: "group", "aria-label": "Which cases" }, buttons);
}

/** What was only set aside stands below what customers wait for, and can be folded away. */
function arranged(found, chosen) {
  const aside = found.filter((one) => one.rule === ASIDE);
  const rows = found.filter((one) => one.rule !== ASIDE).map((one) => row(one, chosen));
  if (!aside.length) return listed(rows);
  const group = h("details", { class: "aside-group", open: asideOpen || aside.some((one) => one.id === chosen) },
    h("summary", {}, `Set aside for a person `, h("span", { class: "tag" }, String(aside.length))),
    listed(aside.map((one) => row(one, chosen)), "Set aside"));
  group.addEventListener("toggle", () => (asideOpen = group.open));
  return [rows.length ? listed(rows) : h("p", { class: "aside-none muted" }, status === "open" ? "Nobody is waiting." : "No case was closed yet."), group];
}

function row(handoff, chosen) {
  const waiting = handoff.status === "waiting" && handoff.rule !== ASIDE;
  return h("a", { class: "row", href: `/console/queue/${handoff.id}`, "aria-current": handoff.id === chosen ? "true" : false },
    avatar(handoff.customer_name, handoff.channel),
    h("span", { class: "row-title" }, handoff.customer_name),
    ageSince(handoff.closed_at ?? handoff.opened_at, waiting ? "row-time waiting" : "row-time"),
    h("span", { class: "row-text wide" }, handoff.reason),
    h("span", { class: "row-tags" }, handoff.place_title && h("span", { class: "tag place" }, handoff.place_title), stateTag(handoff), URGENT.includes(handoff.urgency) && h("span", { class: "tag red" }, handoff.urgency)),
  );
}

function stateTag(handoff) {
  if (handoff.rule === ASIDE && handoff.status === "waiting") return handoff.messages > 1 && h("span", { class: "tag" }, `${handoff.messages} messages`);
  if (handoff.status === "waiting") return h("span", { class: "tag amber" }, "waiting");
  if (handoff.status === "owned") return h("span", { class: "tag accent" }, `with ${ownerName(handoff)}`);
  return h("span", { class: "tag" }, handoff.closed_as ?? "closed");
}
