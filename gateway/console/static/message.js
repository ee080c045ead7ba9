// What a message has besides its words: its files, the whole mail, and what became of it since.

import { read } from "./api.js";
import { fill, h } from "./dom.js";
import { sizeWords } from "./handles.js";
import { icon } from "./icons.js";
import { full } from "./time.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];
const opened = new Set();

/** The elements below a message's bubble. What was opened stays open when the thread is redrawn. */
export function besides(message) {
  const { attachments, needs_person: reason, original, versions, edited_at: edited } = message.extras;
  return [
    reason && h("p", { class: "entry-note" }, icon("person"), `Not for a machine: ${reason}`),
    attachments.length > 0 && h("ul", { class: "files", "aria-label": "Attached files" }, attachments.map((one) => file(message, one))),
    original && folded(`mail-${message.id}`, "mail", "Show the whole mail", (host) => showMail(host, message)),
    edited && (versions.length
      ? folded(`edit-${message.id}`, "edited", `Edited ${full(edited)}`, (host) => fill(host, versions.map(version)))
      : h("p", { class: "entry-note" }, icon("edited"), `Edited ${full(edited)}`)),
  ];
}

const addressOf = (message, rest) => `/api/v1/messages/${message.id}/${rest}`;

function file(message, one) {
  const address = addressOf(message, `attachments/${one.number}`);
  return h("li", {},
    h("a", { class: "file", href: address, download: one.name, title: `Download ${one.name}` },
      PICTURES.includes(one.media_type) ? h("img", { src: address, alt: "", loading: "lazy" }) : icon("file"),
      h("span", {}, one.name),
      h("small", {}, `${one.media_type}, ${sizeWords(one.size)}`)));
}

/** A line that opens what `draw(host)` puts below it. */
function folded(key, picture, words, draw) {
  const host = h("div", { class: "unfolded" });
  const details = h("details", { class: "fold" }, h("summary", {}, icon(picture), words), host);
  details.addEventListener("toggle", () => {
    if (!details.open) return opened.delete(key);
    opened.add(key);
    if (!host.childElementCount) draw(host);
  });
  details.open = opened.has(key);
  return details;
}

const version = (one) => h("div", { class: "version" }, h("time", { datetime: one.at }, full(one.at)), h("p", {}, one.text));

async function showMail(host, message) {
  fill(host, h("p", { class: "muted small" }, "Loading …"));
  try {
    const mail = await read(`/messages/${message.id}/original`);
    const body = h("div", { class: "mail-body" });
    const views = { "As text": () => h("pre", { class: "mail-text", tabindex: "0" }, mail.text), ...(mail.has_html && { "As it looks": () => frame(message) }) };
    const buttons = Object.keys(views).map((name) => h("button", { type: "button", onclick: () => choose(name) }, name));
    function choose(name) {
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === name)));
      fill(body, views[name]());
    }
    fill(host,
      h("div", { class: "mail-tools" },
        buttons.length > 1 && h("div", { class: "switch", role: "group", "aria-label": "How the mail is shown" }, buttons),
        mail.has_source && h("a", { class: "button quiet small", href: addressOf(message, "source"), download: `message-${message.id}.txt` }, icon("source"), "Source")),
      body);
    choose("As text");
  } catch (problem) {
    fill(host, h("p", { role: "alert" }, problem.message));
  }
}

/** The mail's HTML: no scripts and no network, by the frame and by the page's own policy. */
function frame(message) {
  return h("iframe", { class: "mail-frame", sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer", loading: "lazy", title: "The mail as it looks; pictures from the network are not loaded", src: addressOf(message, "html") });
}
