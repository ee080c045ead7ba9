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
      h("p", { class: "muted" }, "Dead letters: what could not be read or handled, and answers that could not be delivered.")),
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
  const parked = letter.kind === "parked";
  return h("article", { class: "card letter" },
    h("header", { class: "letter-head" },
      h("span", { class: parked ? "tag amber" : "tag red" }, icon("failed"), WORDS[letter.kind]),
      parked ? h("span", { class: "tag" }, letter.account) : h("span", { class: "tag" }, channelIcon(letter.channel), channelName(letter.channel)),
      h("strong", {}, parked ? letter.text : letter.customer_name),
      ageSince(letter.at),
    ),
    h("p", { class: "letter-reason" }, letter.reason, h("span", { class: "muted" }, attempts(letter.attempts))),
    letter.text && !parked && h("p", { class: "quote" }, letter.text),
    h("footer", { class: "letter-foot" }, parked ? parkedActions(letter, refresh) : actions(letter, refresh)),
  );
}

const WORDS = { inbound: "Not handled", delivery: "Not delivered", parked: "Not readable" };

const actions = (letter, refresh) => [
  act([icon("retry"), "Try again"], `/dead-letters/${letter.kind}/${letter.id}/retry`, "Trying again.", refresh),
  h("a", { class: "button quiet small", href: `/console/conversations/${letter.conversation_id}` }, "Open the thread"),
];

const parkedActions = (letter, refresh) => [
  h("a", { class: "button primary small", href: `/api/v1/dead-letters/parked/${letter.id}/source`, download: `mail-${letter.id}.txt` }, icon("source"), "Download the source"),
  act("Dismiss", `/dead-letters/parked/${letter.id}/dismiss`, "Dismissed.", refresh),
];

function attempts(count) {
  if (count < 1) return "";
  return count === 1 ? " Tried once." : ` Tried ${count} times.`;
}

function act(content, path, done, refresh) {
  return h("button", { class: path.endsWith("retry") ? "button primary small" : "button quiet small", type: "button", onclick: async (click) => {
    const button = click.currentTarget;
    button.disabled = true;
    try {
      await change(path);
      toast(done);
      refresh();
    } catch (problem) {
      toast(problem.message, "error");
      button.disabled = false;
    }
  } }, content);
}
