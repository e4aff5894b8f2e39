import type { Order } from './loader-messages.ts'
import { Pool } from './pool.ts'

// A separate process, so that the cost of sending does not count as the cost of answering.
const pools = new Map<number, Pool>()

process.on('message', (order: Order) => {
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function obey({ name, arg }: Order): Promise<unknown> {
  const { port } = arg
  if (name === 'connect') {
    const pool = new Pool(arg)
    pools.set(port, pool)
    return pool.ready()
  }
  const pool = pools.get(port)
  if (!pool) throw new Error(`not connected to ${port}`)
  if (name === 'load') return pool.load(arg)
  pool.close()
  pools.delete(port)
  return undefined
}
