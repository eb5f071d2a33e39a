// Where the reader is. Every filter lives in the address, so that any view can be sent to a colleague.
import { computed, signal } from "@preact/signals";
import { routeOf } from "./paths";

export interface Location {
  path: string;
  query: URLSearchParams;
}

const read = (): Location => ({
  path: window.location.pathname,
  query: new URLSearchParams(window.location.search),
});

export const place = signal<Location>(read());
export const path = computed(() => place.value.path);

export const route = computed(() => routeOf(path.value));

export function navigate(href: string): void {
  window.history.pushState(null, "", href);
  place.value = read();
  window.scrollTo(0, 0);
}

/** Changes one or more query parameters in place: typing in a filter box must not fill the back button. */
export function setQuery(changes: Record<string, string | null>): void {
  const query = new URLSearchParams(window.location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  window.history.replaceState(null, "", text ? `?${text}` : window.location.pathname);
  place.value = read();
}

export const queryValue = (key: string) => place.value.query.get(key) ?? "";

export function startRouting(): void {
  window.addEventListener("popstate", () => {
    place.value = read();
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    const href = link?.getAttribute("href");
    if (!link || !href?.startsWith("/") || link.target || link.hasAttribute("download") || /^\/(api|metrics|openapi)/.test(href)) return;
    event.preventDefault();
    navigate(href);
  });
}
