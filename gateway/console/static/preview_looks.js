// How a rendered message looks on each channel: texts, a mail, posts in a room, bubbles in a chat.
// What a payload holds is only ever set as text; a mail's HTML is shown in a sealed frame.

import { fill, h } from "./dom.js";
import { sizeWords } from "./handles.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

const SIZE = /^\d+ (SMS|MMS)\b/;

// The frame inherits the console's policy, which takes no styles within a page: so the paper is
// told with attributes. A second policy sees to it that nothing is loaded at all.
const PAPER = `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>
<body bgcolor="#ffffff" text="#1c1f1e" link="#0d6a60"><font face="Inter, Segoe UI, Helvetica Neue, Liberation Sans, Arial, sans-serif" size="2">`;

/** Whether a note tells what a part costs, not what was given up. */
export const isSize = (note) => SIZE.test(note);

/**
 * The looks of one preview; `draw(preview, context)` gives an element. `context` is the name an
 * answer goes out under, and the subject of the mail it answers.
 */
export function looks() {
  const mail = mailLook();
  const table = { email: mail, slack: (shown) => h("div", { class: "look-room" }, shown.parts.map(post)) };
  return (shown, context) => (table[shown.channel] ?? bubbles)(shown, context);
}

function bubbles(shown, { name }) {
  const several = shown.parts.length > 1;
  const texts = shown.channel === "sms";
  return h("ol", { class: texts ? "look-texts" : "look-chat" }, shown.parts.map(({ payload, notes }, at) => h("li", {},
    !texts && at === 0 && h("p", { class: "shown-from" }, name || "A person"),
    hasWords(payload) && h("div", { class: "shown-bubble" }, richText(payload)),
    files(payload),
    choices(payload),
    several && notes.filter(isSize).map((note) => h("p", { class: "shown-size" }, note)))));
}

const hasWords = ({ text, html }) => Boolean(text || html);

function post({ payload }) {
  const blocks = payload.blocks ?? [{ type: "section", text: { text: payload.text ?? "" } }];
  return h("article", { class: "shown-post" },
    h("span", { class: "shown-app" }, icon("bot")),
    h("div", { class: "shown-body" },
      h("p", { class: "shown-from" }, "Your app", h("span", { class: "tag" }, "APP"), payload.direct && h("span", { class: "tag accent" }, "direct message")),
      blocks.map(block),
      files(payload)));
}

function block(one) {
  if (one.type === "actions") return buttons(one.elements.map((element) => element.text.text));
  return one.text?.text ? h("div", { class: "rich-text marked" }, mrkdwn(one.text.text)) : null;
}

const choices = ({ quick_replies: replies }) => replies?.length > 0 && buttons(replies.map((one) => one.label));

const buttons = (labels) => h("ul", { class: "shown-choices", "aria-label": "Choices" }, labels.map((label) => h("li", {}, label)));

function files({ attachments }) {
  if (!attachments?.length) return null;
  return h("ul", { class: "files", "aria-label": "Files" }, attachments.map((one) => h("li", { class: "file" },
    icon("file"), h("span", {}, one.name), h("small", {}, `${one.media_type}, ${sizeWords(one.size)}`))));
}

/** A mail keeps its paper while it is written: a new one lies below the old until it is printed. */
function mailLook() {
  let shown;
  const topic = h("dd", {});
  const paper = h("div", { class: "shown-paper" });
  const rest = h("div", { class: "shown-enclosed" });
  const views = ["As it looks", "As text"];
  const switches = views.map((view) => h("button", { type: "button", "aria-pressed": "false", onclick: () => turn(view) }, view));
  const element = h("div", { class: "look-mail" },
    h("div", { class: "shown-head" },
      h("dl", {}, h("dt", {}, "Subject"), topic),
      h("div", { class: "switch", role: "group", "aria-label": "How the mail is shown" }, switches)),
    paper, rest);
  let chosen = views[0];

  function turn(view) {
    chosen = view;
    switches.forEach((one) => one.setAttribute("aria-pressed", String(one.textContent === view)));
    const { payload } = shown.parts[0];
    if (view === views[1]) return fill(paper, h("pre", { class: "mail-text", tabindex: "0" }, payload.text));
    const old = [...paper.children];
    const next = frame(payload);
    next.addEventListener("load", () => old.forEach((one) => one.remove()), { once: true });
    paper.prepend(next);
  }

  return (now, { subject }) => {
    const before = shown && element.isConnected && JSON.stringify(shown.parts);
    shown = now;
    fill(topic, subject ? `Re: ${subject}` : h("span", { class: "muted" }, "that of the mail it answers"));
    fill(rest, files(now.parts[0].payload), h("p", { class: "shown-size" }, "A small mark is added at the end, by which an answer is found again."));
    if (before !== JSON.stringify(now.parts)) turn(chosen);
    return element;
  };
}

/** The mail's HTML: no scripts, no network, no links to follow, and an origin of its own. */
function frame({ html, text }) {
  const made = h("iframe", { class: "shown-frame", sandbox: "", referrerpolicy: "no-referrer", title: "The mail as it looks", srcdoc: `${PAPER}${html}</font></body></html>` });
  const rows = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 68)), 0);
  made.style.height = `${Math.min(280, 40 + rows * 17)}px`;
  return made;
}
