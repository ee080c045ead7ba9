// The phone's thread: what Ada sent, and what reached her device.

import { chips } from "./chips.js";
import { fill, h } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

const $ = (id) => document.getElementById(id);

export function setUpPhone({ shop, sentences }, say) {
  $("shop-number").textContent = shop.number;
  fill($("sms-form").querySelector("button"), icon("send"));
  chips($("sms-chips"), sentences.phone, say.phone);
  keepEnd($("sms"));
  showClock();
  setInterval(showClock, 15000);
  $("sms-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("sms-text").value.trim();
    if (!text) return;
    $("sms-text").value = "";
    say.phone(text);
  });
  $("sms-text").disabled = false;
}

export function clearThread() {
  fill($("sms"), h("p", { class: "hint" }, "Text the shop, or tap a sentence below."));
}

/** One text message. */
export function showText({ who, text }) {
  const thread = $("sms");
  thread.querySelector(".hint")?.remove();
  thread.append(h("p", { class: who === "ada" ? "sms out" : "sms in" }, text));
  thread.scrollTop = thread.scrollHeight;
}

/** Keep the end of a log in view when its room changes. */
export function keepEnd(log) {
  new ResizeObserver(() => (log.scrollTop = log.scrollHeight)).observe(log);
}

function showClock() {
  const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" }).format(new Date());
  $("phone-clock").textContent = time.replace(/\s?[AP]M$/i, "");
}
