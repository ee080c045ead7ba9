// The story in five numbered steps; the one that is next offers its button.

import { fill, h } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

function steps(story, { say, guide, link }) {
  const goOn = story.checking ? guide.yes : guide.go_on;
  return [
    { name: "Ask by text", text: "Ada texts the shop about her order.", done: story.asked, button: words(guide.ask, () => say.phone(guide.ask)) },
    { name: "Write a mail", text: story.met ? "Politely not recognised: nobody knew yet that it was she." : "Nobody knows yet that this address is hers.", done: story.met, button: words(guide.meet.text, () => say.mail(guide.meet)) },
    { name: "Link the two", text: "The shop confirms: same person.", done: story.linked, button: button([icon("link"), "Link phone and mail"], link) },
    { name: "Go on in Slack", text: goOnText(story), done: story.went_on, button: words(goOn, () => say.slack({ place: "dm", text: goOn })) },
    { name: "Ask for a person", text: lastText(story), done: story.answered, button: lastButton(story, { say, guide }) },
  ];
}

function goOnText(story) {
  if (story.went_on) return "Her workspace vouches for her: nothing was asked again.";
  return story.checking ? "It remembers her order, and only makes sure." : "Her workspace vouches for her address.";
}

function lastText(story) {
  if (story.answered) return "A person answered, and the bot kept quiet.";
  return story.handed ? "The bot is silent. Answer from the console." : "One honest message, then people take over.";
}

function lastButton(story, { say, guide }) {
  if (story.answered) return button("Now ask as a stranger", () => say.chat(guide.stranger, "nobody"));
  if (!story.handed) return words(guide.person, () => say.slack({ place: "dm", text: guide.person }));
  return h("a", { class: "button primary small", href: "/demo/console", target: "onethread-console" }, "Open the console");
}

const words = (text, onclick) => button(`“${text}”`, onclick);

function button(content, onclick) {
  return h("button", { class: "button primary small", type: "button", onclick }, content);
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
