// All conversations, newest first, each shown within its customer's whole thread.

import { read } from "./api.js";
import { customerThread } from "./customer_thread.js";
import { h } from "./dom.js";
import { avatar, panes } from "./panes.js";
import { ageSince } from "./time.js";

export function conversationsView(main, id) {
  const { stop } = panes(main, {
    title: "Conversations",
    load: () => read("/conversations"),
    draw: (one) => row(one, id),
    nothing: () => ({
      title: "No conversation yet",
      text: "The first message on any channel starts one.",
      choose: "Choose a conversation",
    }),
    detail: (element, chosen) => customerThread(element, async () => (await read(`/conversations/${chosen}`)).customer_id, "/console/conversations"),
    id,
    refreshOn: ["message", "handoff", "identity", "delivery"],
  });
  return stop;
}

function row(one, chosen) {
  const who = { bot: "Bot: ", agent: "Person: " }[one.last_author] ?? "";
  return h("a", { class: "row", role: "listitem", href: `/console/conversations/${one.id}`, "aria-current": one.id === chosen ? "true" : false },
    avatar(one.customer_name, one.channel),
    h("span", { class: "row-title" }, one.customer_name),
    ageSince(one.updated_at),
    h("span", { class: "row-text" }, `${who}${one.last_text ?? ""}`),
    h("span", { class: "row-end" },
      one.status === "handed" ? h("span", { class: "tag amber" }, "with people") : one.failed ? h("span", { class: "tag red" }, "failed") : null),
  );
}
