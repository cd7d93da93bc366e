// `using` needs Symbol.dispose, which Node 20 has but some browsers do not yet.
(Symbol as { dispose?: symbol }).dispose ??= Symbol.for("Symbol.dispose");

export {};
