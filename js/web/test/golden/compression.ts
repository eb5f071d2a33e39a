// Compression streams: round trips, data cut into single bytes, damage.
// deno-lint-ignore-file
// @ts-nocheck
const text = "carillon ".repeat(2000) + "\u{1F514}";
const bytes = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());
const pieces = (data, size) => new ReadableStream({ start(c) { for (let i = 0; i < data.length; i += size) c.enqueue(data.slice(i, i + size)); c.close(); } });
for (const format of ["gzip", "deflate", "deflate-raw"]) {
  const packed = await bytes(new Blob([text]).stream().pipeThrough(new CompressionStream(format)));
  const whole = await bytes(pieces(packed, packed.length).pipeThrough(new DecompressionStream(format)));
  const cut = await bytes(pieces(packed, 1).pipeThrough(new DecompressionStream(format)));
  console.log(format, packed.length < 300, new TextDecoder().decode(whole) === text, new TextDecoder().decode(cut) === text);
  for (const damaged of [...(format === "gzip" ? [packed.slice(0, -9), new Uint8Array(0)] : []), new Uint8Array([...packed, 1, 2]), packed.map((b, i) => i === 1 ? b ^ 0xff : b)]) {
    try { await bytes(pieces(damaged, 50).pipeThrough(new DecompressionStream(format))); console.log("no error"); } catch (e) { console.log(e.name); }
  }
}
for (const make of [() => new CompressionStream("zip"), () => new DecompressionStream(), () => new CompressionStream()]) try { make(); } catch (e) { console.log(e.name, e.message); }
console.log(new CompressionStream("gzip"), String(new DecompressionStream("gzip")));
try { await bytes(ReadableStream.from(["text"]).pipeThrough(new CompressionStream("gzip"))); } catch (e) { console.log(e.name); }
const form = new FormData(); form.append("a", "1"); form.append("a", new Blob(["x"]), "f.txt"); form.set("b", 2);
console.log(form, new FormData());
