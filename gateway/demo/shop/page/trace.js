// The live trace: each message with its seven steps in sentences, the data folded away.

import { fill, h } from "/console/static/dom.js";
import { channelIcon, icon, threadPicture } from "/console/static/icons.js";

const STEPS = ["received", "admitted", "resolved", "recalled", "decided", "committed", "delivered"];
const groups = new Map();
const before = new Map();
const KEPT = 40;

const capital = (word) => word[0].toUpperCase() + word.slice(1);

export function emptyTrace(host) {
  groups.clear();
  before.clear();
  fill(host, h("div", { class: "trace-empty" },
    threadPicture(),
    h("p", {}, "Every message takes the same seven steps. They appear here, in sentences, as they happen."),
    h("ol", {}, STEPS.map((name) => h("li", { class: "tag" }, capital(name)))),
  ));
}

/** Show one step in the group of the message it belongs to, or what people did between messages. */
export function addStep(host, step) {
  host.querySelector(".trace-empty")?.remove();
  const follow = host.scrollHeight - host.scrollTop - host.clientHeight < 80;
  if (step.name === "note") addGroup(host, step.conversation_id, [icon("person"), h("span", {}, step.sentence)]);
  else addToGroup(host, step);
  if (follow) host.scrollTop = host.scrollHeight;
}

function addToGroup(host, step) {
  const key = step.conversation_id;
  const started = step.name === "received" || !groups.has(key);
  const group = started ? addGroup(host, key, [channelIcon(step.channel), h("span", {}, "A message")]) : groups.get(key);
  if (step.name === "admitted" && step.data.duplicate && before.has(key)) {
    // The repeat of a message is told where the message is.
    group.remove();
    groups.set(key, before.get(key));
    return groups.get(key).append(line(step));
  }
  if (step.name === "admitted" && step.data.text) group.querySelector(".trace-title span").textContent = `“${step.data.text}”`;
  group.append(line(step));
}

const line = (step) => h("details", { class: "trace-step" },
  h("summary", { "data-number": STEPS.indexOf(step.name) + 1, title: "Show the data" }, h("b", {}, capital(step.name)), ` ${step.sentence}`),
  h("pre", {}, JSON.stringify(step.data, null, 2)));

function addGroup(host, key, title) {
  const group = h("div", { class: "trace-group" }, h("p", { class: "trace-title" }, title));
  if (groups.has(key)) before.set(key, groups.get(key));
  groups.set(key, group);
  host.append(group);
  while (host.childElementCount > KEPT) host.firstElementChild.remove();
  return group;
}
