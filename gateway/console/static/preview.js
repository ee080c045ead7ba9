// How an answer will leave, shown while it is written: on the customer's channel first, and on
// every other one beside it. The gateway renders it; nothing is sent.

import { change } from "./api.js";
import { fill, h } from "./dom.js";
import { channelIcon, channelName, icon } from "./icons.js";
import { settled } from "./panes.js";
import { isSize, looks } from "./preview_looks.js";

const OPEN = "onethread-preview";
const SEGMENTS = /^(\d+) SMS segments? \((.+)\)$/;
const CALLED = { sms: ["text", "texts"], email: ["mail", "mails"], slack: ["post", "posts"] };
const NEXT = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * A button and the panel it opens. `written()` gives the answer as it stands, or nothing while
 * there is none; `changed()` is to be called whenever it may be another, `show(handoff)` with
 * the case it answers.
 */
export function preview(written) {
  let handoff;
  let found = [];
  let chosen;
  let asked = 0;
  const draw = looks();
  const button = h("button", { class: "button quiet small preview-switch", type: "button", "aria-controls": "preview", "aria-expanded": "false", title: "How it will look on each channel", onclick: toggle }, icon("eye"), h("span", {}, "Preview"));
  const tabs = h("div", { class: "preview-tabs", role: "tablist", "aria-label": "Channels", onkeydown: move });
  const stage = h("div", { class: "preview-stage" });
  const notes = h("div", { class: "preview-notes" });
  const summary = h("p", { class: "preview-summary", role: "status" });
  const panel = h("div", { id: "preview-panel", class: "preview-panel", role: "tabpanel", tabindex: "0" }, stage, notes);
  const element = h("section", { id: "preview", class: "preview", "aria-label": "Preview", hidden: true }, h("div", { class: "preview-head" }, tabs, summary), panel);
  const ask = settled(load, 250);
  if (localStorage.getItem(OPEN)) toggle();

  function toggle() {
    element.hidden = !element.hidden;
    button.setAttribute("aria-expanded", String(!element.hidden));
    if (element.hidden) localStorage.removeItem(OPEN);
    else {
      localStorage.setItem(OPEN, "yes");
      load();
    }
  }

  async function load() {
    if (element.hidden || !handoff) return;
    const number = (asked += 1);
    const message = written();
    try {
      const answer = message ? await change("/render", message) : [];
      if (number !== asked) return;
      found = ordered(answer, handoff.account);
      drawAll();
    } catch (problem) {
      if (number === asked) tell(problem.message);
    }
  }

  function drawAll() {
    if (!found.length) return tell("Write your answer: here it shows as it will leave.");
    tabs.hidden = panel.hidden = false;
    if (!found.some((one) => one.account === chosen)) chosen = found[0].account;
    drawTabs();
    drawChosen();
  }

  /** Words in place of pictures. */
  function tell(words) {
    tabs.hidden = panel.hidden = true;
    summary.textContent = words;
  }

  function drawTabs() {
    const names = found.map((one) => nameIn(one, found));
    const held = tabs.contains(document.activeElement);
    fill(tabs, found.map((one, at) => tab(one, names[at])));
    if (held) tabs.querySelector("[aria-selected='true']").focus();
  }

  function tab(one, name) {
    const selected = one.account === chosen;
    const changes = changesOf(one).length;
    return h("button", { id: `preview-tab-${one.account}`, class: "preview-tab", type: "button", role: "tab", "data-account": one.account, "aria-selected": String(selected), "aria-controls": "preview-panel", tabindex: selected ? "0" : "-1", onclick: () => choose(one.account) },
      channelIcon(one.channel, ""), h("span", {}, name),
      one.account === handoff.account && h("span", { class: "tag accent" }, "goes here"),
      one.refused ? h("span", { class: "mark red" }, icon("failed", "cannot go")) : changes > 0 && h("span", { class: "mark" }, h("span", { class: "visually-hidden" }, `, ${changes === 1 ? "1 change" : `${changes} changes`}`)));
  }

  function choose(account) {
    chosen = account;
    drawTabs();
    drawChosen();
  }

  function move(key) {
    const at = found.findIndex((one) => one.account === chosen);
    const to = { Home: 0, End: found.length - 1 }[key.key] ?? at + NEXT[key.key];
    if (Number.isNaN(to)) return;
    key.preventDefault();
    choose(found[(to + found.length) % found.length].account);
  }

  function drawChosen() {
    const one = found.find((other) => other.account === chosen);
    panel.setAttribute("aria-labelledby", `preview-tab-${chosen}`);
    const words = summaryOf(one);
    if (summary.textContent !== words) summary.textContent = words;
    if (one.refused) {
      fill(notes);
      return fill(stage, h("p", { class: "preview-refused" }, icon("failed"), one.refused));
    }
    const picture = draw(one, { name: written()?.name, subject: subjectOf(handoff) });
    if (stage.firstChild !== picture) fill(stage, picture);
    fill(notes, changesOf(one).map((note) => h("p", {}, icon("edited"), note)));
  }

  return {
    button,
    element,
    changed: ask,
    show(now) {
      const other = handoff?.account !== now.account;
      handoff = now;
      if (other) load();
    },
  };
}

/** The customer's own account first, the others by name. */
const ordered = (found, own) => [...found].sort((a, b) => (b.account === own) - (a.account === own) || a.title.localeCompare(b.title) || a.account.localeCompare(b.account));

/** A channel's name, with the account's where there are several of them. */
function nameIn(one, found) {
  const alike = found.filter((other) => other.channel === one.channel);
  const name = channelName(one.channel) === one.channel ? one.title : channelName(one.channel);
  return alike.length > 1 ? `${name} (${one.account})` : name;
}

/** What had to be given up, each once. */
const changesOf = (one) => [...new Set(one.parts.flatMap((part) => part.notes))].filter((note) => !isSize(note));

/** "2 texts, 3 segments (GSM-7)", and how much was changed. */
function summaryOf(one) {
  if (one.refused) return "Cannot go this way";
  const [single, several] = CALLED[one.channel] ?? ["message", "messages"];
  const segments = one.parts.flatMap((part) => part.notes).map((note) => SEGMENTS.exec(note)).filter(Boolean);
  const total = segments.reduce((sum, [, count]) => sum + Number(count), 0);
  const encodings = [...new Set(segments.map(([, , encoding]) => encoding))].join(" and ");
  const parts = one.parts.length;
  return [
    `${parts} ${parts === 1 ? single : several}`,
    total > 0 && `${total} ${total === 1 ? "segment" : "segments"} (${encodings})`,
    parts === 1 && one.parts[0].notes.find((note) => isSize(note) && !SEGMENTS.test(note)),
    changesOf(one).length === 0 && "nothing is lost",
  ].filter(Boolean).join(", ");
}

/** The subject of the mail that is answered, as the place of the case is called. */
const subjectOf = ({ channel, place_title: title }) => (channel === "email" && title && title !== "(no subject)" ? title : null);
