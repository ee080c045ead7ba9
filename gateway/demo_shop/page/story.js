// The story in five numbered steps; the one that is next offers its button.

import { fill, h } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

function steps(story, act) {
  const { guide } = act.sentences;
  return [
    { name: "Ask by SMS", text: "Ada texts the shop about her order.", done: story.asked, button: say(guide.ask, () => act.text(guide.ask)) },
    { name: "Write in the chat", text: "Logged in on the web page. The shop cannot know that it is her.", done: story.met, button: say(guide.meet, () => act.say(guide.meet)) },
    { name: "Link the two", text: "An admin, or a proof, says: same person.", done: story.linked, button: h("button", { class: "button primary small", type: "button", onclick: act.link }, icon("link"), h("span", {}, "Link phone and login")) },
    { name: "Go on", text: "She is not asked for anything again.", done: story.went_on, button: say(guide.go_on, () => act.say(guide.go_on)) },
    { name: "Ask for a person", text: lastText(story), done: story.answered, button: story.handed ? desk() : say(guide.person, () => act.say(guide.person)) },
  ];
}

function lastText(story) {
  if (story.answered) return "A person answered in the chat, while the bot kept quiet.";
  return story.handed ? "The bot is silent now. Answer from the agent desk." : "One honest message, then people take over.";
}

function say(text, onclick) {
  return h("button", { class: "button primary small", type: "button", onclick }, h("span", {}, `“${text}”`));
}

function desk() {
  return h("a", { class: "button primary small", href: "/console/queue", target: "onethread-console" }, h("span", {}, "Open the agent desk"));
}

/** Draw the steps; the first that is not done is the one to take. */
export function drawStory(list, story, act) {
  const all = steps(story, act);
  const next = all.findIndex((step) => !step.done);
  fill(list, all.map((step, number) =>
    h("li", { "data-number": number + 1, class: step.done ? "done" : number === next ? "now" : "", "aria-current": number === next ? "step" : false },
      h("h2", {}, step.name), h("p", {}, step.text), step.button)));
  if (next === -1) list.lastElementChild.classList.add("now");
}
