// Who the person at the console is and what they may do. It only hides what the server would refuse
// anyway.

import { read } from "./api.js";

let asked;

/** Who one is: `actor`, `name`, `role`, `rights`; read once. */
export function me() {
  asked ??= read("/me").catch((problem) => {
    asked = undefined;
    throw problem;
  });
  return asked;
}

/** The names of the rights, as a set. */
export const may = () => me().then((one) => new Set(one.rights));
