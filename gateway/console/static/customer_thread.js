// A customer's page: one timeline over all channels, and beside it who they are; or the graph that
// says why we think so.

import { read } from "./api.js";
import { customerSide } from "./customer_side.js";
import { empty, fill, h, redraw, skeleton } from "./dom.js";
import { channelIcon, icon, threadPicture } from "./icons.js";
import { failure } from "./panes.js";
import { timeline } from "./timeline.js";
import { whoIsWho } from "./who_is_who.js";

/** Fill the pane; `find()` gives the customer's id. Returns the function that refreshes it. */
export function customerThread(element, find, back) {
  fill(element, skeleton(8));
  const head = h("header", { class: "detail-head" });
  const body = h("div", { class: "detail-body", tabindex: "0", role: "region", "aria-label": "Thread" });
  const side = h("aside", { class: "detail-side", "aria-label": "Customer" });
  const frame = h("div", { class: "detail" }, head, body, side);
  let shown = "";
  let who = null;

  function switchTo(wantsWho, customer) {
    history.replaceState(null, "", `${location.pathname}${wantsWho ? "#who" : ""}`);
    who = wantsWho ? whoIsWho(customer.id, refresh) : null;
    shown = "";
    refresh();
  }

  async function refresh() {
    try {
      const id = await find();
      // Asked for beside the rest, not after it.
      if (who === null && location.hash === "#who") who = whoIsWho(id, refresh);
      const [customer, messages] = await Promise.all([read(`/customers/${id}`), read(`/customers/${id}/timeline`)]);
      if (!frame.isConnected) fill(element, frame);
      frame.classList.toggle("show-who", who !== null);
      redraw(head, () => fill(head, title(customer, messages, frame, back, { who: who !== null, switchTo })));
      customerSide(side, customer, refresh);
      if (who !== null) {
        if (who.element.parentElement !== body) {
          fill(body, who.element);
          body.scrollTop = 0;
        } else who.refresh();
        return;
      }
      const state = JSON.stringify(messages);
      if (state === shown) return;
      shown = state;
      fill(body, messages.length ? timeline(messages, customer) : empty(threadPicture(), "Nothing was said yet", ""));
      body.scrollTop = body.scrollHeight;
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }

  refresh();
  return refresh;
}

function title(customer, messages, frame, back, { who, switchTo }) {
  const channels = [...new Set(messages.map((one) => one.channel))];
  return [
    h("a", { class: "button quiet back", href: back, "aria-label": "Back to the list" }, icon("back")),
    h("div", { class: "titles" },
      h("h1", {}, customer.name),
      h("p", { class: "sub" }, channels.map(channelIcon), h("span", {}, messages.length === 1 ? "1 message" : `${messages.length} messages, one thread`)),
    ),
    h("div", { class: "actions" },
      h("div", { class: "switch", role: "group", "aria-label": "What is shown" }, [["Thread", false], ["Who is this?", true]].map(([words, wants]) =>
        h("button", { type: "button", "aria-pressed": String(wants === who), onclick: () => wants !== who && switchTo(wants, customer) }, words))),
      h("button", { class: "button quiet side-switch", type: "button", onclick: () => frame.classList.toggle("show-side") }, icon("person"), h("span", {}, "Customer")),
      customer.handoff_id && h("a", { class: "button primary", href: `/console/queue/${customer.handoff_id}` }, "Answer"),
    ),
  ];
}
