// The queue: cases in human hands, each with its thread and a reply box on the customer's channel.

import { change, read } from "./api.js";
import { customerSide } from "./customer_side.js";
import { fill, h, skeleton, toast } from "./dom.js";
import { channelIcon, channelName, channelWords, icon } from "./icons.js";
import { avatar, failure, panes } from "./panes.js";
import { timeline } from "./timeline.js";
import { age } from "./time.js";

const CHANGES = ["message", "delivery", "handoff", "identity"];
const drafts = new Map();

export function queueView(main, id, go) {
  const { stop } = panes(main, {
    title: "Queue",
    load: () => read("/handoffs"),
    draw: (handoff) => row(handoff, id),
    nothing: {
      title: "Nobody is waiting",
      text: "When the bot hands a case to people, it appears here with its reason and its age.",
      choose: "Choose a case to see its thread",
    },
    detail: (element, chosen) => handoffDetail(element, chosen, go),
    id,
    refreshOn: CHANGES,
  });
  return stop;
}

function row(handoff, chosen) {
  return h("a", { class: "row", role: "listitem", href: `/console/queue/${handoff.id}`, "aria-current": handoff.id === chosen ? "true" : false },
    avatar(handoff.customer_name, handoff.channel),
    h("span", { class: "row-title" }, handoff.customer_name),
    h("span", { class: "row-time" }, age(handoff.opened_at)),
    h("span", { class: "row-text" }, handoff.reason),
    h("span", { class: "row-end" }, urgencyTag(handoff)),
  );
}

function urgencyTag(handoff) {
  if (handoff.status === "owned") return h("span", { class: "tag accent" }, handoff.owner ?? "taken");
  const urgent = ["critical", "urgent", "high"].includes(handoff.urgency);
  return h("span", { class: urgent ? "tag red" : "tag amber" }, handoff.urgency);
}

function handoffDetail(element, id, go) {
  fill(element, skeleton(8));
  const slots = { head: h("header", { class: "detail-head" }), body: h("div", { class: "detail-body" }), side: h("aside", { class: "detail-side", "aria-label": "Customer" }) };
  const box = composer(id, go);
  const frame = h("div", { class: "detail" }, slots.head, slots.body, slots.side, box.element);
  let shown = "";

  async function refresh() {
    try {
      const handoff = await read(`/handoffs/${id}`);
      const [messages, customer] = await Promise.all([
        read(`/customers/${handoff.customer_id}/timeline`),
        read(`/customers/${handoff.customer_id}`),
      ]);
      if (!frame.isConnected) fill(element, frame);
      fill(slots.head, head(handoff, customer, frame, go));
      drawThread(messages, handoff, customer);
      customerSide(slots.side, customer, refresh);
      box.show(handoff);
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }

  function drawThread(messages, handoff, customer) {
    const state = JSON.stringify([messages, handoff.status]);
    if (state === shown) return;
    shown = state;
    fill(slots.body, banner(handoff), timeline(messages, customer.name));
    slots.body.scrollTop = slots.body.scrollHeight;
  }

  refresh();
  return refresh;
}

function head(handoff, customer, frame, go) {
  return [
    h("a", { class: "button quiet back", href: "/console/queue", "aria-label": "Back to the queue" }, icon("back")),
    h("div", { class: "titles" },
      h("h1", {}, customer.name),
      h("p", { class: "sub" }, channelIcon(handoff.channel), `${channelName(handoff.channel)} · waiting since ${age(handoff.opened_at)}`),
    ),
    h("div", { class: "actions" },
      h("button", { class: "button quiet side-switch", type: "button", onclick: () => frame.classList.toggle("show-side") }, icon("person"), "Customer"),
      handoff.status === "waiting" && h("button", { class: "button", type: "button", onclick: () => act(`/handoffs/${handoff.id}/take`, "It is yours.") }, "Take"),
      handoff.status !== "closed" && h("button", { class: "button", type: "button", onclick: () => finish(handoff, "hand-back", go) }, "Hand back to bot"),
      handoff.status !== "closed" && h("button", { class: "button", type: "button", onclick: () => finish(handoff, "resolve", go) }, icon("check"), "Resolve"),
    ),
  ];
}

function banner(handoff) {
  const told = handoff.status === "closed"
    ? `This case was closed: ${handoff.closed_as ?? "done"}.`
    : `${handoff.reason} The bot is silent until you hand back or resolve.`;
  return h("div", { class: "banner" }, icon(handoff.status === "closed" ? "check" : "queue"), h("p", {}, told));
}

async function act(path, done, body = {}) {
  try {
    await change(path, body);
    toast(done);
    return true;
  } catch (problem) {
    toast(problem.message, "error");
    return false;
  }
}

async function finish(handoff, how, go) {
  const done = how === "resolve" ? "Resolved." : "The bot answers again.";
  if (await act(`/handoffs/${handoff.id}/${how}`, done)) go("/console/queue");
}

function composer(id) {
  const text = h("textarea", { rows: "3", "aria-label": "Your answer", placeholder: "Write your answer …", maxlength: "4000" });
  text.value = drafts.get(id) ?? "";
  const where = h("span", { class: "where" });
  const send = h("button", { class: "button primary", type: "submit" }, icon("send"), "Send");
  const element = h("form", { class: "composer" },
    h("div", { class: "composer-box" }, text, h("div", { class: "composer-foot" }, where, send)),
  );
  text.addEventListener("input", () => drafts.set(id, text.value));
  text.addEventListener("keydown", (key) => {
    if (key.key === "Enter" && (key.ctrlKey || key.metaKey)) element.requestSubmit();
  });
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = text.value.trim();
    if (!answer || send.disabled) return;
    send.disabled = true;
    if (await act(`/handoffs/${id}/answer`, "Sent.", { text: answer })) {
      text.value = "";
      drafts.delete(id);
    }
    send.disabled = false;
    text.focus();
  });
  return {
    element,
    show(handoff) {
      element.hidden = handoff.status === "closed";
      fill(where, channelIcon(handoff.channel), `Goes out by ${channelWords(handoff.channel)}, marked as written by a person`);
    },
  };
}
