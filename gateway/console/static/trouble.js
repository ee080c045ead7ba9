// Trouble: messages that could not be handled or delivered, each with its reason and a retry.

import { change, read } from "./api.js";
import { empty, fill, h, skeleton, toast } from "./dom.js";
import { channelIcon, channelName, icon, threadPicture } from "./icons.js";
import { failure, onChanges } from "./panes.js";
import { ageSince } from "./time.js";

export function troubleView(main) {
  const list = h("div", { class: "letters" }, skeleton(6));
  fill(main, h("section", { class: "page" },
    h("header", { class: "page-head" },
      h("h1", {}, "Trouble"),
      h("p", { class: "muted" }, "Dead letters: messages that could not be handled, and answers that could not be delivered.")),
    list));

  async function refresh() {
    try {
      const letters = await read("/dead-letters");
      fill(list, letters.length
        ? letters.map((letter) => card(letter, refresh))
        : empty(threadPicture(), "Nothing is stuck", "What cannot be handled or delivered waits here, with its reason and a retry."));
    } catch (problem) {
      if (problem.status !== 0) fill(list, failure(problem, refresh));
    }
  }

  refresh();
  return onChanges(["delivery", "message", "handoff"], refresh);
}

function card(letter, refresh) {
  const outgoing = letter.kind === "delivery";
  return h("article", { class: "card letter" },
    h("header", { class: "letter-head" },
      h("span", { class: "tag red" }, icon("failed"), outgoing ? "Not delivered" : "Not handled"),
      h("span", { class: "tag" }, channelIcon(letter.channel), channelName(letter.channel)),
      h("strong", {}, letter.customer_name),
      ageSince(letter.at),
    ),
    h("p", { class: "letter-reason" }, letter.reason, h("span", { class: "muted" }, attempts(letter.attempts))),
    letter.text && h("p", { class: "quote" }, letter.text),
    h("footer", { class: "letter-foot" },
      h("button", { class: "button primary small", type: "button", onclick: (click) => retry(click.currentTarget, letter, refresh) }, icon("retry"), "Try again"),
      h("a", { class: "button quiet small", href: `/console/conversations/${letter.conversation_id}` }, "Open the thread"),
    ),
  );
}

function attempts(count) {
  if (count < 1) return "";
  return count === 1 ? " Tried once." : ` Tried ${count} times.`;
}

async function retry(button, letter, refresh) {
  button.disabled = true;
  try {
    await change(`/dead-letters/${letter.kind}/${letter.id}/retry`);
    toast("Trying again.");
    refresh();
  } catch (problem) {
    toast(problem.message, "error");
    button.disabled = false;
  }
}
