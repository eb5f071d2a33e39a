// Names no file can have.
// @ts-nocheck
const told = async (what, f) => {
  try {
    console.log(what, await f());
  } catch (e) {
    console.log(what, e.name);
  }
};
await told("fetch", () => fetch("file:///a%00b"));
