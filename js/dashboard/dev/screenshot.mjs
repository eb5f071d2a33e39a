// Takes pictures of a running service with the machine's Chromium; no dependencies.
//   node dev/screenshot.mjs <service address> <folder> [path=name …]
// Speaks the DevTools protocol over a pipe (file descriptors 3 and 4, messages end with a zero byte).
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [address = "http://127.0.0.1:8080", folder = ".", ...wanted] = process.argv.slice(2);
const pictures = wanted.length > 0 ? wanted : ["/=overview"];
const profile = mkdtempSync(join(tmpdir(), "carillon-screenshot-"));
const chromium = spawn(
  process.env.CHROMIUM ?? "chromium",
  ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--remote-debugging-pipe", `--user-data-dir=${profile}`],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
chromium.on("error", () => {
  console.error("Chromium is not on the PATH: install it, or name it with CHROMIUM=…");
  process.exit(1);
});

let count = 0;
const waiting = new Map();
let rest = Buffer.alloc(0);
chromium.stdio[4].on("data", (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
    const message = JSON.parse(rest.subarray(0, end).toString());
    rest = rest.subarray(end + 1);
    const settle = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) settle?.reject(new Error(message.error.message));
    else settle?.resolve(message.result);
  }
});
const call = (method, params = {}, sessionId = undefined) =>
  new Promise((resolve, reject) => {
    waiting.set(++count, { resolve, reject });
    chromium.stdio[3].write(`${JSON.stringify({ id: count, method, params, sessionId })}\0`);
  });

try {
  for (const picture of pictures) {
    const equals = picture.lastIndexOf("=");
    const [path, name] = [picture.slice(0, equals), picture.slice(equals + 1)];
    for (const theme of ["light", "dark"]) {
      const { targetId } = await call("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
      const send = (method, params) => call(method, params, sessionId);
      await send("Emulation.setDeviceMetricsOverride", { width: 1280, height: 860, deviceScaleFactor: 1, mobile: false });
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
      await send("Page.enable");
      await send("Page.navigate", { url: address + path });
      // Ready: the line is up, and nothing is still being read.
      const ready = "new Promise((done) => { const look = () => document.querySelector('.connection.is-live') && document.querySelector('main h1') && !document.querySelector('.loading') ? setTimeout(done, 400) : setTimeout(look, 50); look(); })";
      await send("Runtime.evaluate", { expression: ready, awaitPromise: true });
      const { data } = await send("Page.captureScreenshot", { format: "png" });
      const file = join(folder, `${name}-${theme}.png`);
      writeFileSync(file, Buffer.from(data, "base64"));
      console.log(file, `${Math.round((data.length * 3) / 4 / 1024)} KB`);
      await call("Target.closeTarget", { targetId });
    }
  }
} finally {
  // Only once it has ended does it stop writing into its folder.
  const ended = new Promise((resolve) => chromium.once("exit", resolve));
  chromium.kill();
  await ended;
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
