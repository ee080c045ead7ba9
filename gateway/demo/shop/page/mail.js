// Ada's mail client: her threads, one of them open, and a new mail or a reply being written.

import { chips } from "./chips.js";
import { keepEnd } from "./phone.js";
import { fill, h } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

const $ = (id) => document.getElementById(id);
const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const drafts = new Map();
const threads = new Map();
let told;
let say;
let open = null;

export function setUpMail(given, acts) {
  told = given;
  say = acts;
  $("mail-address").textContent = told.mail.ada;
  fill($("mail-new").querySelector("span"), icon("pen"));
  $("mail-new").addEventListener("click", () => {
    show(null);
    $("mail-open").querySelector("textarea").focus();
  });
  $("mail-new").disabled = false;
}

export function clearMails() {
  threads.clear();
  show(open);
}

/** One mail, sent or received; the newest thread is opened. */
export function showMail(mail) {
  const thread = threads.get(mail.thread) ?? { id: mail.thread, subject: mail.subject.replace(/^(re:\s*)+/i, ""), mails: [], unread: false };
  threads.delete(mail.thread);
  threads.set(mail.thread, thread);
  thread.mails.push(mail);
  thread.unread = mail.who !== "ada" && open !== null && open !== mail.thread;
  // A reply that is being written in another thread is not taken away.
  show(open === null || !drafts.get(open) ? mail.thread : open);
}

function show(id) {
  open = threads.has(id) ? id : null;
  const thread = threads.get(open);
  if (thread) thread.unread = false;
  fill($("mail-threads"), [...threads.values()].reverse().map(row));
  fill($("mail-open"), thread ? reading(thread) : writing());
  const log = $("mail-open").querySelector(".mail-log");
  if (log) keepEnd(log);
}

function row(thread) {
  const last = thread.mails.at(-1);
  return h("div", { role: "listitem" },
    h("button", { type: "button", class: thread.unread ? "mail-row unread" : "mail-row", "aria-current": thread.id === open ? "true" : false, onclick: () => show(thread.id) },
      h("b", {}, last.who === "ada" ? "You" : last.name),
      h("time", { datetime: last.at }, HOUR.format(new Date(last.at))),
      h("span", {}, thread.subject || "(no subject)")));
}

function reading(thread) {
  return [
    h("h3", { class: "mail-subject" }, thread.subject || "(no subject)"),
    h("div", { class: "mail-log", role: "log", "aria-label": "Mails of this thread", tabindex: "0" }, thread.mails.map(one)),
    form({
      key: thread.id,
      label: "Your reply",
      send: (text) => say.mail({ text, thread: thread.id }),
    }),
  ];
}

function writing() {
  const subject = h("input", { type: "text", "aria-label": "Subject", placeholder: "Subject", maxlength: "120" });
  const ready = h("div", { class: "chips", role: "group", "aria-label": "Mails to send with one click" });
  chips(ready, told.sentences.mail, say.mail);
  return [
    h("p", { class: "mail-to" }, "To ", h("b", {}, told.mail.shop)),
    h("div", { class: "mail-field" }, subject),
    ready,
    form({ key: "", label: "Your mail", send: (text) => say.mail({ text, subject: subject.value.trim() || "A question" }) }),
  ];
}

function form({ key, label, send }) {
  const text = h("textarea", { rows: key ? "1" : "2", "aria-label": label, placeholder: `${label} …`, maxlength: "4000", value: drafts.get(key) ?? "" });
  text.addEventListener("input", () => drafts.set(key, text.value));
  const element = h("form", { class: key ? "mail-form" : "mail-form tall" }, text, h("button", { type: "submit", "aria-label": "Send the mail" }, icon("send"), "Send"));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit();
  });
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return text.focus();
    drafts.delete(key);
    text.value = "";
    send(words);
  });
  return element;
}

function one(mail) {
  const [newest, quoted] = apart(mail.text);
  return h("article", { class: mail.who === "ada" ? "mail-one mine" : "mail-one" },
    h("header", {}, h("b", {}, mail.who === "ada" ? "You" : mail.name), h("time", { datetime: mail.at }, HOUR.format(new Date(mail.at)))),
    h("p", {}, newest),
    mail.files.map((name) => h("span", { class: "mail-file" }, icon("clip"), name)),
    quoted && h("details", {}, h("summary", { "aria-label": "Show the quoted mail", title: "Show the quoted mail" }, "•••"), h("blockquote", {}, quoted)));
}

/** The newest words of a mail, and what it quotes below them. */
function apart(text) {
  const lines = text.trimEnd().split("\n");
  let at = lines.findIndex((line) => line.startsWith(">"));
  if (at < 0) return [text.trim(), ""];
  while (at > 0 && (!lines[at - 1].trim() || /(wrote|writes):$/.test(lines[at - 1].trim()))) at -= 1;
  return [lines.slice(0, at).join("\n").trim(), lines.slice(at).join("\n").trim()];
}
