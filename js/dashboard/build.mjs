// Builds the dashboard into dist/ (served from the class path under /web), or the unit tests into build/tests/.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import * as esbuild from "esbuild";

const shared = { bundle: true, target: "es2022", jsx: "automatic", jsxImportSource: "preact", logLevel: "warning" };

if (process.argv.includes("--tests")) {
  rmSync("build/tests", { recursive: true, force: true });
  await esbuild.build({
    ...shared,
    entryPoints: readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`),
    format: "esm",
    platform: "node",
    outdir: "build/tests",
    outExtension: { ".js": ".mjs" },
  });
  process.exit(0);
}

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist/assets", { recursive: true });
const result = await esbuild.build({
  ...shared,
  entryPoints: ["src/main.tsx", "src/style.css"],
  minify: true,
  format: "esm",
  sourcemap: true,
  // Names carry a hash of the content, so the server may let browsers keep them for ever.
  entryNames: "[name]-[hash]",
  outdir: "dist/assets",
  metafile: true,
});

const built = Object.keys(result.metafile.outputs).map((path) => basename(path));
const named = (stem, ext) => {
  const found = built.find((name) => name.startsWith(`${stem}-`) && name.endsWith(ext));
  if (!found) throw new Error(`esbuild made no ${stem}*${ext}: ${built.join(", ")}`);
  return `/assets/${found}`;
};
const icon = readFileSync("src/icon.svg");
const iconName = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8).toUpperCase()}.svg`;
writeFileSync(`dist/assets/${iconName}`, icon);
const page = readFileSync("src/index.html", "utf8")
  .replace("{{style}}", named("style", ".css"))
  .replace("{{main}}", named("main", ".js"))
  .replace("{{icon}}", `/assets/${iconName}`);
writeFileSync("dist/index.html", page);
