import { orderPlugin, type Loader, type Started } from '../load/processes.ts'
import { type Measure, type Row } from '../report/section.ts'
import { rssMb } from '../load/usage.ts'
import { memory, sqlite, untilDelivered, type Variant } from '../variants.ts'

const PARTS = 20
const SECONDS = 5

/** Memory over many requests. It may grow until the resend window is full, but not after that. */
export const memoryUse: Measure = async ({ count, server }, loader, say) => {
  const rows: Row[] = []
  const raw: Record<string, { requests: number; rssMb: number }[]> = {}
  for (const variant of [memory, sqlite]) {
    say(`memory of ${variant.name} over ${count} requests`)
    const samples = await run(variant, server, loader, async (started) => {
      const list: { requests: number; rssMb: number }[] = []
      for (let part = 1; part <= PARTS; part++) {
        await loader.load({ port: started.port, windowMs: 0, warmupMs: 0, count: Math.ceil(count / PARTS) })
        list.push({ requests: Math.ceil((count * part) / PARTS), rssMb: Math.round(rssMb(started.pid) ?? NaN) })
      }
      return list
    })
    raw[variant.name] = samples
    const at = (fraction: number): string => `${samples[Math.ceil(PARTS * fraction) - 1]?.rssMb} MB`
    const figures = { 'after 5 %': at(0.05), '25 %': at(0.25), '50 %': at(0.5), '75 %': at(0.75), '100 %': at(1) }
    rows.push({ name: variant.name, figures })
  }
  return [{ name: 'memory', title: `RSS over ${count} requests`, rows, raw }]
}

/** Whether a plugin keeps up with the stored callbacks under constant load. */
export const delivery: Measure = async ({ server }, loader, say) => {
  say('delivery beside storing')
  const raw = await run(sqlite, server, loader, async (started) => {
    const seconds: { arrived: number; delivered: number }[] = []
    let arrived = 0
    for (let second = 0; second < SECONDS; second++) {
      arrived += (await loader.load({ port: started.port, windowMs: 1000, warmupMs: 0 })).sent
      seconds.push({ arrived, delivered: await orderPlugin(started, 'count') })
    }
    return { seconds, ...(await untilDelivered(started, arrived)) }
  })
  const { arrived = 0, delivered = 0 } = raw.seconds.at(-1) ?? {}
  const figures = { 'arrived a second': arrived / SECONDS, 'delivered by then': delivered / arrived }
  const rows = [{ name: 'timhook sqlite', figures: { ...figures, 'all delivered after ms': raw.behindMs } }]
  return [{ name: 'delivery', title: `delivery beside storing, ${SECONDS} s without a pause`, rows, raw }]
}

async function run<T>(
  variant: Variant,
  cores: string | undefined,
  loader: Loader,
  task: (started: Started) => Promise<T>,
): Promise<T> {
  const started = await variant.start(cores)
  await loader.connect({ port: started.port, connections: 64, kind: 'full' })
  try {
    return await task(started)
  } finally {
    await loader.close(started.port)
    await started.stop()
  }
}
