// How a peer is measured: by the processor time of its process (with the threads of its runtime), at least
// so long, after as long a warm-up. The same as `mandate bench NAME --lines` does for ours.
const MEASURE_US = 200_000;

const cpu_us = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

// How often work() goes in a second; batch: calls between two looks at the clock.
export async function aSecond(work, batch = 1000) {
  for (const warm of [true, false]) {
    const from = cpu_us();
    let count = 0;
    while (cpu_us() - from < MEASURE_US) {
      for (let i = 0; i < batch; i++) {
        const answer = work();
        if (answer instanceof Promise) await answer;
      }
      count += batch;
    }
    if (!warm) return Math.round((count * 1e6) / (cpu_us() - from));
  }
}

// Bytes that stay when made() is kept: of the heap (needs --expose-gc), and of what lies beside it.
export function bytesOf(made) {
  gc();
  const before = process.memoryUsage();
  const kept = made();
  gc();
  const after = process.memoryUsage();
  if (kept === undefined) throw new Error("nothing was made");
  return Math.max(0, after.heapUsed - before.heapUsed + after.external - before.external);
}

export const line = (...cells) => console.log(cells.join("\t"));
