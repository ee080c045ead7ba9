// What the gateway wants a person to look at: customers grown too large, addresses that several
// people use, proofs that contradict each other, and "that was not me".

import { change, read } from "./api.js";
import { empty, fill, h, skeleton, toast } from "./dom.js";
import { icon, threadPicture } from "./icons.js";
import { failure } from "./panes.js";
import { may } from "./rights.js";
import { ageSince } from "./time.js";

/** The list of alarms; returns the function that refreshes it. */
export function alarmList(element) {
  fill(element, skeleton(5));
  async function refresh() {
    try {
      const [alarms, rights] = [await read("/alarms"), await may()];
      fill(element, alarms.length
        ? alarms.map((one) => alarmCard(one, rights.has("link"), refresh, true))
        : empty(threadPicture(), "No alarms", "When a proof contradicts another, or an address seems to be several people's, it is told here."));
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }
  refresh();
  return refresh;
}

/** One alarm; `named` adds whose it is. */
export function alarmCard(alarm, mayClose, done, named = false) {
  return h("article", { class: "card letter alarm" },
    h("header", { class: "letter-head" }, h("span", { class: "tag amber" }, icon("trouble"), alarm.title), named && h("strong", {}, alarm.customer_name), ageSince(alarm.created_at)),
    h("p", { class: "letter-reason" }, alarm.message),
    h("footer", { class: "letter-foot" },
      named && h("a", { class: "button small", href: `/console/customers/${alarm.customer_id}#who` }, "Look at the customer"),
      mayClose && h("button", { class: "button quiet small", type: "button", onclick: async (click) => {
        const button = click.currentTarget;
        button.disabled = true;
        try {
          await change(`/alarms/${alarm.id}/close`);
          toast("Seen to.");
          done();
        } catch (problem) {
          toast(problem.message, "error");
          button.disabled = false;
        }
      } }, icon("check"), "Seen to")));
}
