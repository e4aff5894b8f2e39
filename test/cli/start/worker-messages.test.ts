import cluster from 'node:cluster'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { sendTo } from '../../../core/cli/start/worker-messages.ts'
import { folderWith } from '../../harness/cli.ts'

describe('a message to a worker', () => {
  it('that has died, which is not known yet, does not end the primary', async () => {
    const folder = await folderWith({ 'worker.mjs': 'setInterval(() => undefined, 1000)' })
    cluster.setupPrimary({ exec: join(folder, 'worker.mjs') })
    const worker = cluster.fork()
    await once(worker, 'online')
    const faults: unknown[] = []
    worker.on('error', (error) => faults.push(error))
    const ended = once(worker, 'exit')
    const pid = worker.process.pid ?? 0
    process.kill(pid, 'SIGKILL')
    // As long as this code runs nobody tells this process of the death.
    while (!isZombie(pid)) continue
    sendTo(worker, { kind: 'reload' })
    await ended
    expect(faults).to.deep.equal([])
  })
})

function isZombie(pid: number): boolean {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
}
