// Loops around one op each; the benchmark divides by the count. Results are summed so that nothing is optimised away.
import {
  op_bench_add,
  op_bench_async_blocking,
  op_bench_async_ready,
  op_bench_done,
  op_bench_fill,
  op_bench_greet,
  op_bench_point,
} from "ext:core/ops";
import { core } from "ext:core/mod.js";

const bytes = new Uint8Array(1024);

const loops = {
  scalar(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum = op_bench_add(sum, i) | 0;
    return sum;
  },
  string(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += op_bench_greet("Ada").length;
    return sum;
  },
  struct(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += op_bench_point({ x: i, y: 1 }).x;
    return sum;
  },
  buffer(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += op_bench_fill(bytes);
    return sum;
  },
  async asyncReady(n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await op_bench_async_ready(i);
    return sum;
  },
  async asyncBlocking(n) {
    const pending = [];
    for (let i = 0; i < n; i++) pending.push(op_bench_async_blocking(i));
    let sum = 0;
    for (const value of await Promise.all(pending)) sum += value;
    return sum;
  },
  async run(loop, n) {
    op_bench_done(await loops[loop](n));
  },
};

core.defineGlobal("loops", loops);
