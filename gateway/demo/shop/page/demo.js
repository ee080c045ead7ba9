// The demo page: four places where Ada writes, the story in five steps, the live trace.

import { follow, post, state as readState } from "./line.js";
import { chatSay, openChat, setUpChat, signInAs } from "./chat.js";
import { showLinks } from "./links.js";
import { clearMails, setUpMail, showMail } from "./mail.js";
import { clearThread, keepEnd, setUpPhone, showText } from "./phone.js";
import { clearPosts, openPlace, setUpSlack, showPost } from "./slack.js";
import { drawStory } from "./story.js";
import { front, news, setUpTabs } from "./tabs.js";
import { addStep, emptyTrace } from "./trace.js";
import { toast } from "/console/static/dom.js";

const $ = (id) => document.getElementById(id);
const SHOW = { phone: showText, mail: showMail, slack: showPost };
let told;

/** Do something over the line; what goes wrong is said at the edge of the page. */
async function act(path, body = {}) {
  try {
    return await post(path, body);
  } catch (problem) {
    toast(problem.message, "error");
    return null;
  }
}

/** Ada writes: `say.phone(text)` and so on, each in the place it is written in. */
const say = {
  phone: (text) => (front("phone"), act("/demo/text", { text })),
  mail: ({ label, ...mail }) => (front("mail"), act("/demo/mail", mail)),
  slack: (post) => (front("slack"), openPlace(post.place), act("/demo/slack", post)),
  click: (click) => act("/demo/slack/click", click),
  chat: (text, who = "ada") => (front("web"), signInAs(who), chatSay(text)),
};

async function start() {
  told = await readState();
  for (const name of document.querySelectorAll(".shop-name")) name.textContent = told.shop.name;
  for (const letter of document.querySelectorAll(".shop-letter")) letter.textContent = told.shop.name[0];
  $("browser-address").textContent = told.shop.address;
  setUpTabs();
  setUpPhone(told, say);
  setUpMail(told, say);
  setUpSlack(told, say);
  keepEnd($("trace"));
  showAll(told);
  await import(told.chat.widget);
  setUpChat(told);
  openChat(true);
  follow(showAll, onEvent);
}

function showAll({ said, steps, story }) {
  emptyTrace($("trace"));
  for (const step of steps) addStep($("trace"), step);
  clearThread();
  clearMails();
  clearPosts();
  for (const one of said) SHOW[one.place](one);
  showStory(story);
}

function onEvent(event) {
  if (event.kind === "step") {
    addStep($("trace"), event);
    if (event.name === "received") news("trace");
  } else if (event.kind === "said") {
    SHOW[event.place](event);
    if (event.who !== "ada") news(event.place);
  } else if (event.kind === "story") showStory(event);
}

function showStory(story) {
  drawStory($("story"), story, { say, guide: told.sentences.guide, link: () => act("/demo/link") });
  showLinks(story, { link: () => act("/demo/link"), unlink: () => act("/demo/unlink") });
  $("desk-count").hidden = !story.waiting;
  $("desk-count").textContent = String(story.waiting || "");
}

start().catch((problem) => toast(problem.message, "error"));
