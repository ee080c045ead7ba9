// The live line to the server: which pages have changed. It reconnects by itself and says so.

import { read } from "./api.js";

const listeners = new Set();
let tries = 0;

/** Call `listener(event)` for every notice; the returned function stops it. */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(event) {
  for (const listener of listeners) listener(event);
}

/** Open the line; `onState("live" | "lost")` shows how it is. */
export function connect(onState) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/console/socket`);
  socket.addEventListener("open", () => {
    if (tries > 0) tell({ kind: "reconnected" });
    tries = 0;
    onState("live");
  });
  socket.addEventListener("message", (message) => tell(JSON.parse(message.data)));
  socket.addEventListener("close", () => {
    onState("lost");
    tries += 1;
    // A socket does not say why it was refused. Reading does, and an ended session leads away.
    if (tries > 1) read("/me").catch(() => {});
    setTimeout(() => connect(onState), Math.min(15000, 400 * 2 ** tries) * (0.7 + 0.6 * Math.random()));
  });
}
