// "Try it": a talk with the draft as a customer would have it, shown as its channel shows it, with
// the reason of every answer below.

import { change } from "./api.js";
import { fill, h } from "./dom.js";
import { channelIcon, channelName, icon } from "./icons.js";
import { looks } from "./preview_looks.js";

const LEVELS = [["0", "a stranger"], ["2", "the holder of the address"], ["3", "somebody proved by a code"]];
const QUIET = "Nothing is sent or kept, and nothing is done in earnest.";

export function tryView(book) {
  const talk = h("ol", { class: "try-talk", tabindex: "0", "aria-label": "The talk" });
  const said = [];
  const where = h("select", { onchange: again }, ordered(book.shown.channels).map((one) => h("option", { value: one }, channelName(one))));
  const level = h("select", { onchange: again }, LEVELS.map(([value, words]) => h("option", { value }, words)));
  const handle = h("input", { type: "text", maxlength: "200", placeholder: "phone:+447700900611", "aria-label": "Written from (optional)", onchange: again });
  const text = h("input", { type: "text", maxlength: "2000", placeholder: "Write as a customer", "aria-label": "A customer's message", autocomplete: "off" });
  const send = h("button", { class: "button primary", type: "submit", "aria-label": "Send" }, icon("send"));
  const note = h("p", { class: "muted small try-note", role: "status" });
  const tools = h("div", { class: "try-tools", hidden: true },
    h("button", { class: "button quiet small", type: "button", onclick: again }, icon("retry"), "Ask again"),
    h("button", { class: "button quiet small", type: "button", onclick: begin }, "Start over"));
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
      note.append(h("span", { class: "visually-hidden" }, ` ${turns.at(-1).reply ?? turns.at(-1).silent}`));
      talk.scrollTop = talk.scrollHeight;
    } catch (problem) {
      if (number !== asked) return;
      note.textContent = problem.message;
      if (problem.status === 409) book.refresh();
    }
  }

  function again() {
    if (said.length) run();
  }

  function begin() {
    said.length = 0;
    asked += 1;
    tools.hidden = true;
    note.textContent = QUIET;
    fill(talk, h("li", { class: "try-empty" }, h("p", {}, "Write below as a customer would."), h("p", { class: "muted small" }, "You see what they would read on each channel, and why. With a draft, the draft answers; without one, what is in force.")));
    text.focus();
  }

  function say(event) {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    if (!said.length) fill(talk);
    said.push(text.value.trim());
    talk.append(h("li", {}, h("p", { class: "try-said" }, text.value.trim())));
    talk.scrollTop = talk.scrollHeight;
    text.value = "";
    tools.hidden = false;
    run();
  }

  const held = document.activeElement;
  begin();
  held?.focus();
  return [
    h("header", { class: "try-head" }, h("h2", {}, "Try it"), tools),
    h("div", { class: "try-who" }, h("label", {}, h("span", {}, "Writes on"), where), h("label", {}, h("span", {}, "Is taken for"), level)),
    h("details", { class: "try-from" }, h("summary", {}, "From an address of yours"), handle),
    talk, note,
    h("form", { class: "try-write", onsubmit: say }, text, send),
  ];
}

/** The web chat first, where there is one: it shows most. */
const ordered = (channels) => [...channels].sort((a, b) => (b === "webchat") - (a === "webchat"));

/** One message with what was answered, why, and how it looks elsewhere. */
function turn(one, channel) {
  const shown = one.previews.find((other) => other.channel === channel) ?? one.previews[0];
  const others = one.previews.filter((other) => other !== shown);
  return h("li", {},
    h("p", { class: "try-said" }, one.text),
    one.reply ? (shown ? picture(shown) : h("p", { class: "try-silent" }, one.reply)) : h("p", { class: "try-silent" }, icon("bot"), `Silent: ${one.silent}`),
    one.escalation && h("p", { class: "try-handed" }, h("span", { class: "tag amber" }, icon("person"), "Goes to a person"), h("span", { class: "small" }, `queue ${one.escalation.queue}, by the rule ${one.escalation.rule.replaceAll("-", " ")}`)),
    h("details", { class: "try-why" }, h("summary", {}, "Why this answer?"), why(one)),
    others.length > 0 && h("details", { class: "try-why" }, h("summary", {}, "On the other channels"), h("div", { class: "try-others" }, others.map((other) => h("section", {}, h("h3", {}, channelIcon(other.channel, ""), other.title), picture(other))))),
  );
}

function picture(shown) {
  if (shown.refused) return h("p", { class: "preview-refused" }, icon("failed"), shown.refused);
  const sizes = shown.parts.flatMap((part) => part.notes);
  return h("div", { class: "try-reply" }, looks()(shown, { name: "The bot" }), sizes.length > 0 && h("p", { class: "muted small" }, [...new Set(sizes)].join("; ")));
}

function why(one) {
  const [sentence, ...lines] = one.why;
  const known = Object.entries(one.slots).map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(", ");
  const more = [
    ...lines,
    known && `Known by now: ${known}.`,
    one.held && `Held back: “${one.held.text}”`,
    ...one.stands_in,
  ].filter(Boolean);
  return h("div", { class: "try-facts" }, h("p", {}, sentence), h("ul", {}, more.map((words) => h("li", {}, words))));
}
