// The demo page: a phone and a web page side by side, the story in five steps, the live trace.

import { connectDemo, post, state as readState } from "./line.js";
import { clearThread, keepEnd, showText } from "./phone.js";
import { drawStory } from "./story.js";
import { addStep, emptyTrace } from "./trace.js";
import { h, fill, toast } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

const $ = (id) => document.getElementById(id);
let shop;
let chat;

async function start() {
  shop = await readState();
  for (const name of document.querySelectorAll(".shop-name")) name.textContent = shop.shop.name;
  $("phone-avatar").textContent = shop.shop.name[0];
  $("shop-number").textContent = shop.shop.number;
  $("browser-address").textContent = shop.shop.address;
  keepEnd($("sms"));
  keepEnd($("trace"));
  showClock();
  setInterval(showClock, 15000);
  drawChips($("sms-chips"), shop.sentences.sms, sendText);
  drawChips($("chat-chips"), shop.sentences.chat, (text) => chat.send(text));
  fill($("sms-form").querySelector("button"), icon("send"));
  clearThread($("sms"));
  for (const text of shop.texts) showText($("sms"), text);
  emptyTrace($("trace"));
  for (const step of shop.steps) addStep($("trace"), step);
  showLink(shop.story);
  showStory(shop.story);
  await import(shop.chat.widget);
  openChat(true);
  connectDemo(onEvent, refresh);
}

async function refresh() {
  const now = await readState();
  clearThread($("sms"));
  for (const text of now.texts) showText($("sms"), text);
  showLink(now.story);
  showStory(now.story);
}

function onEvent(event) {
  if (event.kind === "step") {
    addStep($("trace"), event);
    if (event.name === "received") news("trace");
  } else if (event.kind === "text") {
    showText($("sms"), event);
    if (event.from === "shop") news("phone");
  } else if (event.kind === "story") {
    showLink(event);
    showStory(event);
  }
}

function showStory(story) {
  drawStory($("story"), story, {
    text: sendText,
    say: (text) => sayAs("ada", text),
    askAsStranger: (text) => sayAs("nobody", text),
    link: () => change("/demo/link"),
    sentences: shop.sentences,
  });
  $("desk-count").hidden = !story.waiting;
  $("desk-count").textContent = String(story.waiting || "");
}

function sayAs(who, text) {
  show("web");
  signInAs(who);
  chat.send(text);
}

function showClock() {
  const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" }).format(new Date());
  $("phone-clock").textContent = time.replace(/\s?[AP]M$/i, "");
}

function drawChips(host, sentences, act) {
  fill(host, sentences.map((text) => h("button", { class: "chip", type: "button", onclick: () => act(text) }, text)));
}

async function sendText(text) {
  show("phone");
  await change("/demo/text", { text });
}

async function change(path, body = {}) {
  try {
    return await post(path, body);
  } catch (problem) {
    toast(problem.message, "error");
    return null;
  }
}

$("sms-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("sms-text").value.trim();
  if (!text) return;
  $("sms-text").value = "";
  sendText(text);
});

function openChat(ada) {
  chat?.close();
  fill($("chat"));
  chat = window.OneThread.open({
    target: $("chat"),
    endpoint: location.origin.replace(/^http/, "ws") + shop.chat.endpoint,
    jwt: ada ? async () => (await post("/demo/login", {})).jwt : null,
    locale: navigator.language,
    onmessage: () => news("web"),
  });
  $("shop-hello").textContent = ada ? `Signed in as ${shop.chat.name}` : "Not signed in";
}

function signInAs(who) {
  const ada = who === "ada";
  if (($("as-ada").getAttribute("aria-pressed") === "true") === ada) return;
  $("as-ada").setAttribute("aria-pressed", String(ada));
  $("as-nobody").setAttribute("aria-pressed", String(!ada));
  openChat(ada);
}

$("as-ada").addEventListener("click", () => signInAs("ada"));
$("as-nobody").addEventListener("click", () => signInAs("nobody"));

function showLink({ linked, met }) {
  $("link-bar").classList.toggle("linked", linked);
  fill($("link-bar").querySelector(".link-picture"), icon("phone"), icon(linked ? "link" : "unlink"), icon("chat"));
  fill($("link-text"), linked
    ? ["Ada’s phone and her login are one customer.", h("span", {}, " An anonymous visitor still sees nothing of hers.")]
    : "To the shop, Ada’s phone and her login are two strangers.");
  $("link-button").textContent = linked ? "Unlink" : "Link";
  $("link-button").className = met && !linked ? "button small primary" : "button small";
  $("link-button").onclick = () => change(linked ? "/demo/unlink" : "/demo/link");
}

/** Bring a pane to the front where only one is visible. */
function show(tab) {
  document.querySelector(".stage").dataset.tab = tab;
  for (const button of document.querySelectorAll(".tabs button")) {
    const chosen = button.id === `tab-${tab}`;
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    if (chosen) button.classList.remove("news");
  }
}

function news(tab) {
  const button = $(`tab-${tab}`);
  if (button.getAttribute("aria-selected") !== "true") button.classList.add("news");
}

const TABS = ["phone", "web", "trace"];
for (const [at, tab] of TABS.entries()) {
  $(`tab-${tab}`).addEventListener("click", () => show(tab));
  $(`tab-${tab}`).addEventListener("keydown", (key) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key.key];
    if (!step) return;
    const next = TABS[(at + step + TABS.length) % TABS.length];
    show(next);
    $(`tab-${next}`).focus();
  });
}
start().catch((problem) => toast(problem.message, "error"));
