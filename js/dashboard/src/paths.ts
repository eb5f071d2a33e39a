// Addresses of pages, both ways. Pure.

export type Route =
  | { page: "overview" }
  | { page: "runs" }
  | { page: "run"; id: string }
  | { page: "job"; id: string }
  | { page: "nodes" }
  | { page: "unknown" };

/** Job ids hold slashes ("backup.ts/nightly"), so a job's address is everything after /jobs/. */
export function routeOf(pathname: string): Route {
  const decoded = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const clean = pathname.replace(/\/+$/, "") || "/";
  if (clean === "/" || clean === "/jobs" || clean === "/index.html") return { page: "overview" };
  if (clean === "/runs") return { page: "runs" };
  if (clean === "/nodes") return { page: "nodes" };
  if (clean.startsWith("/runs/")) return { page: "run", id: decoded(clean.slice("/runs/".length)) };
  if (clean.startsWith("/jobs/")) return { page: "job", id: decoded(clean.slice("/jobs/".length)) };
  return { page: "unknown" };
}

export const jobHref = (id: string) => `/jobs/${id.split("/").map(encodeURIComponent).join("/")}`;
export const runHref = (id: string) => `/runs/${encodeURIComponent(id)}`;
