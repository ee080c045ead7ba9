// "Try it": a talk with the draft as a customer would have it, shown as its channel shows it, with
// the reason of every answer below.

import { change } from "./api.js";
import { fill, h } from "./dom.js";
import { channelIcon, channelName, icon } from "./icons.js";
import { looks } from "./preview_looks.js";

const LEVELS = [["0", "a stranger"], ["2", "the holder of the address"], ["3", "somebody proved by a code"]];

export function tryView(book) {
  const talk = h("ol", { class: "try-talk", "aria-live": "polite", "aria-label": "The talk" });
  const said = [];
  const where = h("select", { "aria-label": "Writes on", onchange: again }, ordered(book.shown.channels).map((one) => h("option", { value: one }, channelName(one))));
  const level = h("select", { "aria-label": "Who writes", onchange: again }, LEVELS.map(([value, words]) => h("option", { value }, words)));
  const handle = h("input", { type: "text", maxlength: "200", placeholder: "phone:+447700900611", "aria-label": "Written from (optional)", onchange: again });
  const text = h("input", { type: "text", maxlength: "2000", placeholder: "Write as a customer", "aria-label": "A customer's message", autocomplete: "off" });
  const send = h("button", { class: "button primary", type: "submit", "aria-label": "Send" }, icon("send"));
  const note = h("p", { class: "muted small try-note", role: "status" }, "Nothing is sent or kept, and nothing is done in earnest.");
  let asked = 0;

  async function run() {
    const number = (asked += 1);
    const body = book.draft.body({ channel: where.value, handle: handle.value.trim(), level: Number(level.value), say: said });
    note.textContent = "Thinking. Examples that were changed are learned first.";
    try {
      const turns = await change("/playbook/try", body);
      if (number !== asked) return;
      fill(talk, turns.map((one) => turn(one, where.value)));
      note.textContent = book.draft.dirty() ? "Answered by your draft. Nothing was sent or kept." : "Answered by what is in force. Nothing was sent or kept.";
      talk.lastElementChild?.scrollIntoView({ block: "nearest" });
    } catch (problem) {
      if (number !== asked) return;
      note.textContent = problem.message;
      if (problem.status === 409) book.refresh();
    }
  }

  function again() {
    if (said.length) run();
  }

  return [
    h("header", { class: "try-head" }, h("h2", {}, "Try it"),
      h("button", { class: "button quiet small", type: "button", onclick: again }, icon("retry"), "Ask again"),
      h("button", { class: "button quiet small", type: "button", onclick: () => { said.length = 0; asked += 1; fill(talk); note.textContent = ""; text.focus(); } }, "Start over")),
    h("div", { class: "try-who" }, h("label", {}, h("span", {}, "On"), where), h("label", {}, h("span", {}, "by"), level)),
    h("details", { class: "try-from" }, h("summary", {}, "Written from"), handle),
    talk, note,
    h("form", { class: "try-write", onsubmit: (event) => {
      event.preventDefault();
      if (!text.value.trim()) return text.focus();
      said.push(text.value.trim());
      talk.append(h("li", {}, h("p", { class: "try-said" }, text.value.trim())));
      text.value = "";
      run();
    } }, text, send),
  ];
}

/** The web chat first, where there is one: it shows most. */
const ordered = (channels) => [...channels].sort((a, b) => (b === "webchat") - (a === "webchat"));

/** One message with what was answered, and why. */
function turn(one, channel) {
  const shown = one.previews.find((other) => other.channel === channel) ?? one.previews[0];
  return h("li", {},
    h("p", { class: "try-said" }, one.text),
    one.reply ? (shown ? picture(shown) : h("p", { class: "try-silent" }, one.reply)) : h("p", { class: "try-silent" }, icon("bot"), `Silent: ${one.silent}`),
    one.escalation && h("p", { class: "try-handed" }, h("span", { class: "tag amber" }, icon("person"), "to a person"), ` ${one.escalation.queue}, by the rule ${one.escalation.rule}`),
    h("details", { class: "try-why" }, h("summary", {}, summary(one)), why(one),
      one.previews.length > 1 && h("div", { class: "try-others" }, one.previews.filter((other) => other !== shown).map((other) => h("section", {}, h("h3", {}, channelIcon(other.channel, ""), other.title), picture(other))))),
  );
}

function picture(shown) {
  if (shown.refused) return h("p", { class: "preview-refused" }, icon("failed"), shown.refused);
  const sizes = shown.parts.flatMap((part) => part.notes);
  return h("div", { class: "try-reply" }, looks()(shown, { name: "The bot" }), sizes.length > 0 && h("p", { class: "muted small" }, [...new Set(sizes)].join("; ")));
}

const share = (number) => `${Math.round(number * 100)} %`;

function summary(one) {
  const what = one.intent ? `understood as ${one.intent.replaceAll("_", " ")}` : "not understood";
  return `Why: ${what}${one.confidence ? `, ${share(one.confidence)} sure` : ""}`;
}

function why(one) {
  const rows = [
    ["Nearly", one.runners_up.map((other) => `${other.intent.replaceAll("_", " ")} ${share(other.share)}`).join(", ")],
    ["Did", one.move.replaceAll("_", " ")],
    ["At hand", Object.entries(one.slots).map(([name, value]) => `${name}: ${value}`).join(", ")],
    ["Asked for", one.asked.join(", ")],
    ["Answer from", [one.template, ...one.sources.map(([title]) => title)].filter(Boolean).join(", ")],
    ["Rules that held", one.matched.join(", ")],
    ["Held back", one.held && `${one.held.rules.map(([rule, what]) => `${rule} (${what})`).join(", ")}: ${one.held.text}`],
    ["Not in earnest", one.stands_in.join(" ")],
  ];
  return h("dl", { class: "try-facts" }, rows.filter(([, words]) => words).map(([name, words]) => [h("dt", {}, name), h("dd", {}, words)]));
}
