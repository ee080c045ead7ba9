// One customer's messages over all channels as one thread, with what became of each.

import { change } from "./api.js";
import { h, toast } from "./dom.js";
import { handleWords } from "./handles.js";
import { channelIcon, channelName, icon } from "./icons.js";
import { besides } from "./message.js";
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

/** The thread of these messages, oldest first; `customer` is whose page it is on. */
export function timeline(messages, customer) {
  const parts = [];
  const people = peopleIn(messages);
  let lastDay = null;
  let lastConversation = null;
  for (const message of messages) {
    const today = day(message.at);
    if (today !== lastDay) {
      parts.push(h("li", { class: "day" }, today));
      lastConversation = null;
    }
    if (message.conversation_id !== lastConversation) parts.push(knot(message, people.get(message.conversation_id)));
    parts.push(entry(message, customer));
    lastDay = today;
    lastConversation = message.conversation_id;
  }
  return h("ol", { class: "timeline" }, parts);
}

/** Who writes in each conversation, as their customers' ids. */
function peopleIn(messages) {
  const people = new Map();
  for (const one of messages) {
    if (one.author !== "customer") continue;
    people.set(one.conversation_id, (people.get(one.conversation_id) ?? new Set()).add(one.customer_id));
  }
  return people;
}

function knot(message, people) {
  return h("li", { class: "knot" },
    h("span", { class: "disc" }, channelIcon(message.channel)),
    h("span", {}, channelName(message.channel)),
    message.place_title && h("span", { class: "knot-place" }, message.place_title),
    people?.size > 1
      ? h("span", { class: "tag" }, icon("people"), `${people.size} people write here`)
      : message.handle && h("span", { class: "muted" }, handleWords(message.handle)),
  );
}

function entry(message, customer) {
  const ours = message.author !== "customer";
  const failed = message.deliveries.some((part) => part.status === "failed");
  return h("li", { class: `entry ${ours ? "ours" : ""} ${message.author} ${failed ? "failed" : ""}`, "data-message": message.id, tabindex: "-1" },
    h("div", { class: "entry-head" },
      ours && icon(message.author === "bot" ? "bot" : "person"),
      author(message, customer),
      h("time", { datetime: message.at, title: full(message.at) }, hour(message.at)),
    ),
    message.extras.taken_back_at
      ? h("div", { class: "bubble gone" }, icon("gone"), "Taken back by the customer")
      : message.text && h("div", { class: "bubble" }, message.text),
    besides(message),
    ours && h("div", { class: "entry-foot" },
      delivery(message),
      message.turn_id && message.author === "bot" && h("button",
        { class: "why", type: "button", onclick: () => openTurn(message.turn_id) },
        icon("why"), "Why this answer?"),
    ),
  );
}

function author(message, customer) {
  const to = message.customer_id !== customer.id ? `, to ${message.customer_name}` : "";
  if (message.author === "bot") return h("strong", {}, `Bot${to}`);
  if (message.author === "agent") return h("strong", {}, message.author_name ? `${message.author_name}, a person${to}` : `A person${to}`);
  const called = message.extras.called;
  return [
    message.customer_id === customer.id
      ? h("strong", {}, customer.name)
      : h("a", { class: "another", href: `/console/customers/${message.customer_id}` }, message.customer_name),
    called && called !== message.customer_name && h("span", { title: "What the sender is called there; nobody has proved it." }, `“${called}”`),
  ];
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
