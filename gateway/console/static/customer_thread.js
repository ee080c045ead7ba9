// A customer's page: one timeline over all channels, and beside it who they are; or what is
// remembered of them; or the graph that says why we think that it is them.

import { read } from "./api.js";
import { customerSide } from "./customer_side.js";
import { empty, fill, h, redraw, skeleton } from "./dom.js";
import { channelIcon, icon, threadPicture } from "./icons.js";
import { memoryOf } from "./memory.js";
import { failure } from "./panes.js";
import { timeline } from "./timeline.js";
import { whoIsWho } from "./who_is_who.js";

const VIEWS = { thread: "Thread", memory: "Memory", who: "Who is this?" };
const MESSAGE = "#message-";

/** What the address asks for: a view, and a message that is sought in the thread. */
function wanted() {
  if (location.hash.startsWith(MESSAGE)) return { view: "thread", sought: location.hash.slice(MESSAGE.length) };
  const view = location.hash.slice(1);
  return { view: view in VIEWS ? view : "thread", sought: null };
}

/** Fill the pane; `find()` gives the customer's id. Returns the function that refreshes it. */
export function customerThread(element, find, back) {
  fill(element, skeleton(8));
  const head = h("header", { class: "detail-head" });
  const body = h("div", { class: "detail-body", tabindex: "0", role: "region", "aria-label": "Thread" });
  const side = h("aside", { class: "detail-side", "aria-label": "Customer" });
  const frame = h("div", { class: "detail" }, head, body, side);
  let { view, sought } = wanted();
  let shown = "";
  let other = null;

  function goTo(hash) {
    history.pushState(null, "", `${location.pathname}${hash}`);
    follow();
  }

  /** Show what the address asks for by now; the way back leads here, too. */
  function follow() {
    if (!element.isConnected) return removeEventListener("popstate", follow);
    ({ view, sought } = wanted());
    other = null;
    shown = "";
    refresh();
  }

  const openMessage = (id) => goTo(`${MESSAGE}${id}`);
  const viewOf = (id) => (view === "who" ? whoIsWho(id, refresh) : memoryOf(id, openMessage));

  async function refresh() {
    try {
      const id = await find();
      // Asked for beside the rest, not after it.
      if (other === null && view !== "thread") other = viewOf(id);
      const around = sought ? `?around=${encodeURIComponent(sought)}` : "";
      const [customer, messages] = await Promise.all([read(`/customers/${id}`), read(`/customers/${id}/timeline${around}`)]);
      if (!frame.isConnected) fill(element, frame);
      frame.classList.toggle("show-who", other !== null);
      redraw(head, () => fill(head, title(customer, messages, frame, back, { view, goTo })));
      customerSide(side, customer, refresh);
      if (other !== null) {
        if (other.element.parentElement !== body) {
          fill(body, other.element);
          body.scrollTop = 0;
        } else other.refresh();
        return;
      }
      showThread(customer, messages);
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }

  function showThread(customer, messages) {
    const state = JSON.stringify(messages);
    if (state === shown) return;
    const first = shown === "";
    shown = state;
    const note = sought && h("p", { class: "older-note" }, "Shown around one message.", h("button", { class: "link", type: "button", onclick: () => goTo("") }, "Go to the newest"));
    fill(body, note, messages.length ? timeline(messages, customer) : empty(threadPicture(), "Nothing was said yet", ""));
    const found = sought && body.querySelector(`[data-message="${CSS.escape(sought)}"]`);
    if (!found) body.scrollTop = body.scrollHeight;
    else if (first) {
      found.classList.add("sought");
      found.scrollIntoView({ block: "center" });
      found.focus({ preventScroll: true });
    } else found.classList.add("sought");
  }

  addEventListener("popstate", follow);
  refresh();
  return refresh;
}

function title(customer, messages, frame, back, { view, goTo }) {
  const channels = [...new Set(messages.map((one) => one.channel))];
  return [
    h("a", { class: "button quiet back", href: back, "aria-label": "Back to the list" }, icon("back")),
    h("div", { class: "titles" },
      h("h1", {}, customer.name),
      h("p", { class: "sub" }, channels.map(channelIcon), h("span", {}, messages.length === 1 ? "1 message" : `${messages.length} messages, one thread`)),
    ),
    h("div", { class: "actions" },
      h("div", { class: "switch", role: "group", "aria-label": "What is shown" }, Object.entries(VIEWS).map(([key, words]) =>
        h("button", { type: "button", "aria-pressed": String(key === view), onclick: () => key !== view && goTo(key === "thread" ? "" : `#${key}`) }, words))),
      h("button", { class: "button quiet side-switch", type: "button", onclick: () => frame.classList.toggle("show-side") }, icon("person"), h("span", {}, "Customer")),
      customer.handoff_id && h("a", { class: "button primary", href: `/console/queue/${customer.handoff_id}` }, "Answer"),
    ),
  ];
}
