import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { describeWithProgram } from '../../harness/servers/program.ts'
import { promtool } from '../../harness/servers/promtool.ts'
import { samplesOf, scrape } from '../../harness/metrics.ts'
import { BEFORE, entry, FULL, full, message } from '../../harness/plugin.ts'
import { serve, signed } from '../../harness/server.ts'

/** /metrics of a server to which all sorts of things have happened. */
async function busy(): Promise<string> {
  const fails = (): never => {
    throw new Error('broken')
  }
  const plugins = [
    entry('fails', { [BEFORE]: fails, [FULL]: fails }, { retry: { attempts: 2, minMs: 1, maxMs: 1 } }),
    entry('words', { [BEFORE]: ({ reject }) => reject() }),
  ]
  const { server, bus, post } = await serve({ admin: { port: 0 }, plugins })
  const dead = bus.next('callback:dead')
  const body = full({ GroupId: 7.5 })
  await post(FULL, full())
  await post(FULL, body)
  await post(FULL, body)
  await post(BEFORE, message())
  await post(FULL, full(), signed(undefined, 0))
  await dead
  bus.emit('rest:called', { sdkAppId: 7, api: 'openim/sendmsg', outcome: 'ok', code: 0, attempts: 1, durationMs: 5 })
  bus.emit('rest:paused', { sdkAppId: 7, reason: 'rate', pauseMs: 1000 })
  bus.emit('history:shortened', { refused: 1, finished: 2, faults: 3, since: 0 })
  return scrape(server.adminUrl)
}

describeWithProgram('promtool', 'promtool', () => {
  it('has no complaint about the metrics', async () => {
    const { status, output } = promtool(['check', 'metrics'], await busy())
    expect(output).to.equal('')
    expect(status).to.equal(0)
  })

  it('finds that each alert is raised when it should be, and not before', () => {
    const { status, output } = promtool(['test', 'rules', 'test/deploy/alerts.test.yml'])
    expect(status, output).to.equal(0)
  })

  it('finds no fault in the alerts', () => {
    const { status, output } = promtool(['check', 'rules', 'deploy/alerts.yml'])
    expect(status, output).to.equal(0)
  })
})

describe('deploy/', () => {
  it('alerts and dashboard use metrics that there are', async () => {
    const names = new Set([...samplesOf(await busy()).keys()].map((key) => key.replace(/\{.*/, '')))
    // Only a store with a file has them.
    for (const name of ['timhook_store_bytes', 'timhook_disk_free_bytes', 'timhook_store_reserve_bytes'])
      names.add(name)
    names.add('timhook_backlog_oldest_age_seconds')
    const alerts = await readFile('deploy/alerts.yml', 'utf8')
    const dashboard = await readFile('deploy/grafana.json', 'utf8')
    for (const text of [alerts, dashboard]) {
      const used = text.match(/\b(?:timhook|process|nodejs)_\w+_?\w*\b/g) ?? []
      expect(used.length).to.be.greaterThan(5)
      for (const name of new Set(used))
        expect(
          [...names].some((one) => one.startsWith(name)),
          name,
        ).to.equal(true)
    }
  })

  it('every panel of the dashboard has a query, a unit and its own place', async () => {
    const { panels } = JSON.parse(await readFile('deploy/grafana.json', 'utf8')) as { panels: Panel[] }
    const taken = new Set<string>()
    for (const { id, type, title, targets, gridPos, fieldConfig } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), `${title} covers another panel`).to.equal(false)
          taken.add(`${x} ${y}`)
        }
      expect(gridPos.x + gridPos.w, title).to.be.at.most(24)
      if (type === 'row') continue
      expect(targets?.length, title).to.be.greaterThan(0)
      expect(fieldConfig?.defaults.unit, title).to.be.a('string')
      expect(taken.has(`panel ${id}`)).to.equal(false)
      taken.add(`panel ${id}`)
    }
  })
})

interface Panel {
  id: number
  type: string
  title: string
  targets?: { expr: string }[]
  gridPos: { x: number; y: number; w: number; h: number }
  fieldConfig?: { defaults: { unit: string } }
}
