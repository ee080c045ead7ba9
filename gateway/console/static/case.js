// A case in human hands: why it is here, the customer's whole thread, and the box to answer in.

import { change, read } from "./api.js";
import { composer } from "./composer.js";
import { customerSide } from "./customer_side.js";
import { fill, h, redraw, skeleton, toast } from "./dom.js";
import { channelIcon, channelName, icon } from "./icons.js";
import { failure } from "./panes.js";
import { bePresent } from "./presence.js";
import { may } from "./rights.js";
import { ageSince } from "./time.js";
import { timeline } from "./timeline.js";

/** The rule of messages that no machine may answer. */
const ASIDE = "not-answerable";

/** Fill the pane with a case; returns the function that refreshes it. */
export function caseDetail(element, id, go) {
  fill(element, skeleton(8));
  const slots = {
    head: h("header", { class: "detail-head" }),
    note: h("div", { class: "detail-note" }),
    body: h("div", { class: "detail-body", tabindex: "0", role: "region", "aria-label": "Thread" }),
    side: h("aside", { class: "detail-side", "aria-label": "Customer" }),
  };
  const box = composer(id);
  const frame = h("div", { class: "detail" }, slots.head, slots.note, slots.body, box.element, slots.side);
  const once = remembering();
  let present = false;

  async function refresh() {
    try {
      const handoff = await read(`/handoffs/${id}`);
      const [messages, customer] = await Promise.all([
        read(`/customers/${handoff.customer_id}/timeline`),
        read(`/customers/${handoff.customer_id}`),
      ]);
      const mayAnswer = (await may()).has("answer");
      if (!frame.isConnected) fill(element, frame);
      const { status, owner } = handoff;
      once("head", [customer.name, status, owner], () => redraw(slots.head, () => fill(slots.head, head(handoff, customer, frame, { go, refresh, mayAnswer }))));
      once("note", [status, handoff.reason], () => fill(slots.note, note(handoff)));
      customerSide(slots.side, customer, refresh);
      if (mayAnswer) box.show(handoff);
      else box.element.hidden = true;
      if (mayAnswer && !present && status !== "closed") {
        present = true;
        bePresent(id, frame, box.element);
      }
      once("body", messages, () => {
        fill(slots.body, timeline(messages, customer));
        slots.body.scrollTop = slots.body.scrollHeight;
      });
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }

  refresh();
  return refresh;
}

/** Calls `draw` only when what it draws has changed, so that focus and scrolling stay. */
function remembering() {
  const shown = {};
  return (name, data, draw) => {
    const state = JSON.stringify(data);
    if (shown[name] === state) return;
    shown[name] = state;
    draw();
  };
}

function head(handoff, customer, frame, { go, refresh, mayAnswer }) {
  const open = handoff.status !== "closed" && mayAnswer;
  const aside = handoff.rule === ASIDE;
  const state = { waiting: aside ? "set aside" : "waiting", owned: `with ${ownerName(handoff)}` }[handoff.status] ?? handoff.closed_as ?? "closed";
  return [
    h("a", { class: "button quiet back", href: "/console/queue", "aria-label": "Back to the queue" }, icon("back")),
    h("div", { class: "titles" },
      h("h1", {}, customer.name),
      h("p", { class: "sub" }, channelIcon(handoff.channel),
        h("span", {}, [channelName(handoff.channel), handoff.place_title, state, ""].filter((one) => one !== null).join(" · "), ageSince(handoff.closed_at ?? handoff.opened_at, "number"))),
    ),
    h("div", { class: "actions" },
      h("button", { class: "button quiet side-switch", type: "button", onclick: () => frame.classList.toggle("show-side") }, icon("person"), h("span", {}, "Customer")),
      mayAnswer && handoff.status === "waiting" && action("Take", () => act(`/handoffs/${handoff.id}/take`, "It is yours.").then(refresh)),
      open && !aside && action("Hand back to bot", () => finish(handoff, "hand-back", go)),
      open && action([icon("check"), "Resolve"], () => finish(handoff, "resolve", go)),
    ),
  ];
}

/** Who has a case, without what kind of actor they are. */
export const ownerName = (handoff) => (handoff.owner ?? "somebody").replace("person:", "");

const action = (content, onclick) => h("button", { class: "button", type: "button", onclick }, content);

function note(handoff) {
  const closed = handoff.status === "closed";
  const aside = handoff.rule === ASIDE;
  return h("div", { class: closed || aside ? "banner" : "banner amber" },
    icon(closed ? "check" : aside ? "person" : "queue"),
    h("p", {}, `${sentence(handoff.reason)} ${noteWords(closed, aside)}`));
}

const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

function noteWords(closed, aside) {
  if (aside) return closed ? "This is settled." : "No machine answers this. Answer it, or resolve it when there is nothing to say.";
  return closed ? "This case is closed; the bot answers again." : "The bot is silent until you hand back or resolve.";
}

async function finish(handoff, how, go) {
  const done = how === "resolve" ? "Resolved." : "The bot answers again.";
  if (await act(`/handoffs/${handoff.id}/${how}`, done)) go("/console/queue");
}

async function act(path, done) {
  try {
    await change(path);
    toast(done);
    return true;
  } catch (problem) {
    toast(problem.message, "error");
    return false;
  }
}
