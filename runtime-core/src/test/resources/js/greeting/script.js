globalThis.fromScript = "Deno" in globalThis ? "with Deno" : "before the entry point";
