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

/**
 * Show how everything is and then what happens: `onState` with the state, again after a lost line,
 * and `onEvent` with each thing that is not in it yet.
 */
export function follow(onState, onEvent, tries = 0) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/demo/socket`);
  let opened = false;
  let waiting = [];
  socket.addEventListener("open", async () => {
    opened = true;
    try {
      const now = await state();
      onState(now);
      const missed = waiting.filter((event) => event.number > now.told);
      waiting = null;
      missed.forEach(onEvent);
    } catch {
      socket.close();
    }
  });
  socket.addEventListener("message", (message) => {
    const event = JSON.parse(message.data);
    if (waiting) waiting.push(event);
    else onEvent(event);
  });
  socket.addEventListener("close", () => {
    const next = opened ? 1 : tries + 1;
    setTimeout(() => follow(onState, onEvent, next), Math.min(8000, 300 * 2 ** next));
  });
}
