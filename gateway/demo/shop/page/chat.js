// The shop's page with its web chat: Ada logged in, or somebody nobody knows.

import { chips } from "./chips.js";
import { post } from "./line.js";
import { news } from "./tabs.js";
import { fill } from "/console/static/dom.js";

const $ = (id) => document.getElementById(id);
let told;
let chat;

export function setUpChat(given) {
  told = given;
  chips($("chat-chips"), told.sentences.chat, chatSay);
  $("as-ada").addEventListener("click", () => signInAs("ada"));
  $("as-nobody").addEventListener("click", () => signInAs("nobody"));
  $("as-ada").disabled = $("as-nobody").disabled = false;
}

export function openChat(ada) {
  chat?.close();
  fill($("chat"));
  chat = window.OneThread.open({
    target: $("chat"),
    endpoint: location.origin.replace(/^http/, "ws") + told.chat.endpoint,
    jwt: ada ? async () => (await post("/demo/login", {})).jwt : null,
    locale: navigator.language,
    onmessage: () => news("web"),
  });
  $("shop-hello").textContent = ada ? `Signed in as ${told.chat.name}` : "Not signed in";
}

/** Ada with her login ("ada"), or an anonymous visitor ("nobody"). */
export function signInAs(who) {
  const ada = who === "ada";
  if (($("as-ada").getAttribute("aria-pressed") === "true") === ada) return;
  $("as-ada").setAttribute("aria-pressed", String(ada));
  $("as-nobody").setAttribute("aria-pressed", String(!ada));
  openChat(ada);
}

export const chatSay = (text) => chat.send(text);
