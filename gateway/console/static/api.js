// Talking to the API: JSON in, JSON out, and a problem in words when it fails.

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

const AWAY_MS = 5 * 60_000;
let leaving = false;
let touched = Date.now();
for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) addEventListener(kind, () => (touched = Date.now()), { capture: true, passive: true });

/** What a page reads by itself while nobody is before it must not keep a session alive. */
const attended = () => Date.now() - touched < AWAY_MS;

/** Somebody is signing out: what is still being read meanwhile does not matter. */
export function leaveQuietly() {
  leaving = true;
}

export class ApiProblem extends Error {
  constructor(status, problem) {
    super([problem.error, problem.fix].filter(Boolean).join(" "));
    this.status = status;
  }
}

async function call(method, path, body, file = false) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(method === "GET" ? {} : { "X-CSRF-Token": csrf() }),
        ...(attended() ? {} : { "X-Unattended": "1" }),
        ...(body === undefined ? {} : { "Content-Type": file ? body.type || "application/octet-stream" : "application/json" }),
      },
      body: file || body === undefined ? body : JSON.stringify(body),
    });
  } catch {
    throw new ApiProblem(0, { error: "The server cannot be reached.", fix: "Trying again by itself." });
  }
  if (response.status === 401) {
    if (!leaving) location.assign(`/console/sign-in?ended=1&next=${encodeURIComponent(location.pathname)}`);
    throw new ApiProblem(401, { error: "Your session has ended." });
  }
  const answer = await response.json().catch(() => ({ error: "The server gave no readable answer." }));
  if (!response.ok) throw new ApiProblem(response.status, answer);
  return answer;
}

export const read = (path) => call("GET", path);
export const change = (path, body = {}) => call("POST", path, body);
/** Send a file as it is. */
export const send = (path, file) => call("POST", path, file, true);
/** Change something that is there. */
export const alter = (path, body) => call("PATCH", path, body);
/** Take something away. */
export const remove = (path) => call("DELETE", path);
