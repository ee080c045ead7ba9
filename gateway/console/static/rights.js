// What the person at the console may do. It only hides what the server would refuse anyway.

import { read } from "./api.js";

let asked;

/** The names of the rights, as a set; read once. */
export function may() {
  asked ??= read("/me").then((me) => new Set(me.rights), (problem) => {
    asked = undefined;
    throw problem;
  });
  return asked;
}
