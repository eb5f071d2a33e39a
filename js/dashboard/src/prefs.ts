// What the reader chose, kept in this browser.
import { effect, signal } from "@preact/signals";
import type { Zone } from "./time";

function kept<T extends string>(key: string, initial: T, allowed: readonly T[]) {
  let value = initial;
  try {
    const stored = localStorage.getItem(key) as T | null;
    if (stored !== null && allowed.includes(stored)) value = stored;
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
  const chosen = signal<T>(value);
  effect(() => {
    try {
      localStorage.setItem(key, chosen.value);
    } catch {
      // As above.
    }
  });
  return chosen;
}

export const zone = kept<Zone>("carillon.zone", "local", ["local", "utc"]);
export const theme = kept<"auto" | "light" | "dark">("carillon.theme", "auto", ["auto", "light", "dark"]);
export const shortcuts = kept<"on" | "off">("carillon.shortcuts", "on", ["on", "off"]);

effect(() => {
  if (theme.value === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme.value);
});
