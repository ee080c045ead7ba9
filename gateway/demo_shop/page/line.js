// The page's line to the demo's own endpoints: state, actions, and what happens meanwhile.

export async function state() {
  const answer = await fetch("/demo/state");
  if (!answer.ok) throw new Error("The demo does not answer.");
  return answer.json();
}

export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error([told.error, told.fix].filter(Boolean).join(" "));
  return told;
}

/** Hear what happens; after a lost line, `again()` reads the state anew. */
export function connectDemo(onEvent, again, tries = 0) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/demo/socket`);
  let opened = false;
  socket.addEventListener("open", () => {
    opened = true;
    if (tries > 0) again();
  });
  socket.addEventListener("message", (message) => onEvent(JSON.parse(message.data)));
  socket.addEventListener("close", () => {
    const next = opened ? 1 : tries + 1;
    setTimeout(() => connectDemo(onEvent, again, next), Math.min(8000, 300 * 2 ** next));
  });
}
