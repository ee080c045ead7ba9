// All conversations, newest first, each shown within its customer's whole thread.

import { read } from "./api.js";
import { customerThread } from "./customer_thread.js";
import { h } from "./dom.js";
import { channelIcon, icon } from "./icons.js";
import { avatar, listed, panes } from "./panes.js";
import { ageSince } from "./time.js";

export function conversationsView(main, id) {
  const { stop } = panes(main, {
    title: "Conversations",
    load: () => read("/conversations"),
    arrange: (found) => arranged(found, id),
    nothing: () => ({
      title: "No conversation yet",
      text: "The first message on any channel starts one.",
      choose: "Choose a conversation",
    }),
    detail: (element, chosen) => customerThread(element, async () => (await read(`/conversations/${chosen}`)).customer_id, "/console/conversations"),
    id,
    refreshOn: ["message", "handoff", "identity", "delivery", "memory"],
  });
  return stop;
}

/** Threads of one place stand together under its name, where its newest one would stand. */
function arranged(found, chosen) {
  const places = new Map();
  for (const one of found) {
    const key = one.place_key ? `${one.account} ${one.place_key}` : one.id;
    places.set(key, [...(places.get(key) ?? []), one]);
  }
  return listed([...places.values()].map((threads) => threads.length === 1 ? row(threads[0], chosen, threads[0].place_title) : group(threads, chosen)));
}

function group(threads, chosen) {
  const [{ channel, place_title: title }] = threads;
  return h("div", { class: "place-group" },
    h("p", { class: "place-title" }, channelIcon(channel), title, h("span", { class: "tag" }, `${threads.length} threads`)),
    listed(threads.map((one) => row(one, chosen)), title));
}

/** One thread; under the name of its place, only what was said last. */
function row(one, chosen, title) {
  const who = { bot: "Bot: ", agent: "Person: " }[one.last_author] ?? "";
  return h("a", { class: "row", href: `/console/conversations/${one.id}`, "aria-current": one.id === chosen ? "true" : false },
    avatar(one.customer_name, one.channel),
    h("span", { class: "row-title" }, one.customer_name),
    ageSince(one.updated_at),
    h("span", { class: "row-text" }, title && h("b", {}, `${title}: `), `${who}${one.last_text ?? ""}`),
    h("span", { class: "row-end" },
      one.people > 1 && h("span", { class: "tag", title: `${one.people} people write here` }, icon("people"), String(one.people)),
      one.status === "handed" ? h("span", { class: "tag amber" }, "with people") : one.failed ? h("span", { class: "tag red" }, "failed") : null),
  );
}
