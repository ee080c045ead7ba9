// Ada's Slack: a direct message with the shop's app, and a channel where colleagues read along.

import { chips } from "./chips.js";
import { keepEnd } from "./phone.js";
import { fill, h } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

const $ = (id) => document.getElementById(id);
const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const PLACES = ["dm", "help"];
const posts = { dm: [], help: [] };
const unread = new Set();
let told;
let say;
let open = "dm";

export function setUpSlack(given, acts) {
  told = given;
  say = acts;
  $("slack-workspace").textContent = told.slack.workspace;
  $("slack-note").textContent = told.slack.note;
  fill($("slack-form").querySelector("button"), icon("send"));
  keepEnd($("slack-log"));
  $("slack-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("slack-text").value.trim();
    if (!text) return;
    $("slack-text").value = "";
    say.slack({ place: open, text });
  });
  $("slack-text").disabled = false;
}

export function clearPosts() {
  for (const place of PLACES) posts[place].length = 0;
  draw();
}

/** One message, sent or received; one that was changed takes the place of what it was. */
export function showPost(post) {
  const list = posts[post.room];
  const known = list.findIndex((one) => one.id === post.id);
  if (known >= 0) list[known] = post;
  else list.push(post);
  if (post.room !== open && post.who !== "ada") unread.add(post.room);
  draw();
}

export function openPlace(place) {
  open = place;
  unread.delete(place);
  draw();
}

const titleOf = (place) => (place === "dm" ? told.shop.name : "help");

function draw() {
  fill($("slack-places"), PLACES.map((place) =>
    h("button", { type: "button", class: unread.has(place) ? "unread" : "", "aria-current": place === open ? "true" : false, onclick: () => openPlace(place) },
      place === "dm" ? h("i", { class: "app-dot", "aria-hidden": "true" }) : h("i", { "aria-hidden": "true" }, "#"), h("span", {}, titleOf(place)))));
  fill($("slack-head"), h("b", {}, open === "dm" ? titleOf(open) : `# ${titleOf(open)}`), h("span", {}, open === "dm" ? "Direct message, App" : told.slack.members));
  $("slack-text").placeholder = open === "dm" ? `Message ${told.shop.name}` : `Message #help, the app is mentioned`;
  chips($("slack-chips"), told.sentences.slack[open], (text) => say.slack({ place: open, text }));
  fill($("slack-log"), posts[open].length ? posts[open].map(one) : h("p", { class: "hint" }, open === "dm" ? "Write to the shop’s app, or tap a sentence." : "Ask in the channel. What is personal is answered to Ada alone."));
  $("slack-log").scrollTop = $("slack-log").scrollHeight;
}

function one(post, at, all) {
  const first = all.findIndex((other) => (other.thread ?? other.id) === (post.thread ?? post.id)) === at;
  return h("article", { class: `slack-post ${post.who} ${post.thread && !first ? "reply" : ""}` },
    h("span", { class: "slack-face", "aria-hidden": "true" }, post.name[0]),
    h("header", {}, h("b", {}, post.name), post.who === "shop" && h("i", {}, "App"), h("time", { datetime: post.at }, HOUR.format(new Date(post.at)))),
    h("p", {}, post.text),
    post.buttons.length > 0 && h("div", { class: "slack-buttons" }, post.buttons.map((choice) =>
      h("button", { type: "button", onclick: () => say.click({ post: post.id, value: choice.value }) }, choice.label))));
}
