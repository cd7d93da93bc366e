import type { Dialect } from "./state.js";

// What stands before every name of a network that was saved inside of something else.
const wrappers: Readonly<Record<string, string>> = {
  "module.": "names of DataParallel (module.)",
  "_orig_mod.": "names of torch.compile (_orig_mod.)",
  "model.": "names below model",
  "net.": "names below net",
  "network.": "names below network",
  "backbone.": "names below backbone",
};

/** The mean of weights over time (torch.optim.swa_utils) counts beside them how many went into it. */
const COUNTER = "n_averaged";

/** Names with one of the usual prefixes before each of them. */
export const wrapperDialects: readonly Dialect[] = Object.entries(wrappers).map(([prefix, name]) => ({
  name,
  applies: (names) => {
    const own = [...names].filter((one) => one !== COUNTER);
    return own.length > 0 && own.every((one) => one.startsWith(prefix));
  },
  translate: (state) =>
    new Map(
      [...state]
        .filter(([one]) => one !== COUNTER)
        .map(([one, tensor]) => [one.slice(prefix.length), tensor] as const),
    ),
}));
