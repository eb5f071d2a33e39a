const tally = new Tally();
const five = tally.reached(5);
tally.add(2);
tally.add(4);
if (await five !== 6) throw new Error("the goal was passed at 6");
tally.close();

try {
  tally.add(1);
  throw new Error("a closed tally took more");
} catch (error) {
  if (!(error instanceof Deno.errors.BadResource)) throw error;
}
