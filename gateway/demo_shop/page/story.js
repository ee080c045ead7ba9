// The story in five numbered steps; the one that is next offers its button.

import { fill, h } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

function steps(story, act) {
  const { guide } = act.sentences;
  return [
    { name: "Ask by SMS", text: "Ada texts the shop about her order.", done: story.asked, button: say(guide.ask, () => act.text(guide.ask)) },
    { name: "Write in the chat", text: "Logged in, but not recognised: nobody knows yet that it is her.", done: story.met, button: say(guide.meet, () => act.say(guide.meet)) },
    { name: "Link the two", text: "The shop confirms: same person.", done: story.linked, button: button([icon("link"), "Link phone and login"], act.link) },
    { name: "Go on", text: goOnText(story), done: story.went_on, button: say(goOnWords(story, guide), () => act.say(goOnWords(story, guide))) },
    { name: "Ask for a person", text: lastText(story), done: story.answered, button: lastButton(story, act) },
  ];
}

function goOnText(story) {
  if (story.went_on) return "Answered with what she had told by phone.";
  return story.checking ? "It remembers the order from her phone, and only makes sure." : "What she told by phone is not asked for again.";
}

const goOnWords = (story, guide) => (story.checking ? guide.yes : guide.go_on);

function lastText(story) {
  if (story.answered) return "A person answered in the chat, and the bot kept quiet.";
  return story.handed ? "The bot is silent now. Answer her from the console." : "One honest message, then people take over.";
}

function lastButton(story, act) {
  const { guide } = act.sentences;
  if (story.answered) return button("Now ask as a stranger", () => act.askAsStranger(guide.meet));
  if (!story.handed) return say(guide.person, () => act.say(guide.person));
  return h("a", { class: "button primary small", href: "/demo/console", target: "onethread-console" }, "Open the console");
}

const say = (text, onclick) => button(`“${text}”`, onclick);

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
