// One customer's messages over all channels as one thread, with what became of each.

import { change } from "./api.js";
import { h, toast } from "./dom.js";
import { channelIcon, channelName, icon } from "./icons.js";
import { day, full, hour } from "./time.js";
import { openTurn } from "./turn.js";

const STATUS = {
  pending: ["clock", "Waiting"],
  sending: ["clock", "Sending"],
  sent: ["check", "Sent"],
  delivered: ["seen", "Delivered"],
  read: ["seen", "Read"],
  failed: ["failed", "Not delivered"],
  discarded: ["close", "Held back"],
};
const WORST_FIRST = ["failed", "discarded", "pending", "sending", "sent", "delivered", "read"];

/** The thread of these messages, oldest first. */
export function timeline(messages, customerName) {
  const parts = [];
  let lastDay = null;
  let lastConversation = null;
  for (const message of messages) {
    const today = day(message.at);
    if (today !== lastDay) {
      parts.push(h("li", { class: "day" }, today));
      lastConversation = null;
    }
    if (message.conversation_id !== lastConversation) parts.push(knot(message));
    parts.push(entry(message, customerName));
    lastDay = today;
    lastConversation = message.conversation_id;
  }
  return h("ol", { class: "timeline" }, parts);
}

function knot(message) {
  return h("li", { class: "knot" },
    h("span", { class: "disc" }, channelIcon(message.channel)),
    h("span", {}, channelName(message.channel)),
    message.handle && h("span", { class: "muted" }, handleWords(message.handle)),
  );
}

function entry(message, customerName) {
  const ours = message.author !== "customer";
  const failed = message.deliveries.some((part) => part.status === "failed");
  return h("li", { class: `entry ${ours ? "ours" : ""} ${message.author} ${failed ? "failed" : ""}` },
    h("div", { class: "entry-head" },
      ours && icon(message.author === "bot" ? "bot" : "person"),
      h("strong", {}, authorWords(message, customerName)),
      h("time", { datetime: message.at, title: full(message.at) }, hour(message.at)),
    ),
    h("div", { class: "bubble" }, message.text),
    ours && h("div", { class: "entry-foot" },
      delivery(message),
      message.turn_id && message.author === "bot" && h("button",
        { class: "why", type: "button", onclick: () => openTurn(message.turn_id) },
        icon("why"), "Why this answer?"),
    ),
  );
}

function authorWords(message, customerName) {
  if (message.author === "bot") return "Bot";
  if (message.author === "agent") return message.author_name ? `${message.author_name}, a person` : "A person";
  return customerName ?? message.author_name ?? "Customer";
}

function delivery(message) {
  const parts = message.deliveries;
  if (!parts.length) return null;
  const worst = WORST_FIRST.find((status) => parts.some((part) => part.status === status)) ?? "sent";
  const [picture, words] = STATUS[worst];
  const at = parts.find((part) => part.status === worst);
  const count = parts.length > 1 ? ` in ${parts.length} parts` : "";
  const reason = (worst === "failed" || worst === "discarded") && at.reason ? `: ${at.reason}` : "";
  return [
    h("span", { class: `status ${worst}` }, icon(picture), `${words}${count}${reason}`),
    worst === "failed" && h("button",
      { class: "button small", type: "button", onclick: (click) => retry(click.currentTarget, at.id) },
      icon("retry"), "Try again"),
  ];
}

async function retry(button, id) {
  button.disabled = true;
  try {
    await change(`/dead-letters/delivery/${id}/retry`);
    toast("It is being sent again.");
  } catch (problem) {
    toast(problem.message, "error");
    button.disabled = false;
  }
}

/** A handle's key for people. */
export function handleWords(key) {
  const at = key.indexOf(":");
  const [kind, address] = [key.slice(0, at), key.slice(at + 1)];
  if (kind === "visitor") return "anonymous visitor";
  return kind === "login" ? `login “${address}”` : address;
}
