/** The least processor time of a few runs, in milliseconds. Other processes do not count. */
export async function processorTime(work: () => unknown, runs = 1): Promise<number> {
  let least = Infinity
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
