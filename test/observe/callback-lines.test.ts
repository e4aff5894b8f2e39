import { expect } from 'chai'
import { folderWith, startCommand } from '../harness/cli.ts'
import { BEFORE, entry, FULL, full, message } from '../harness/plugin.ts'
import { serve, type TestServer, UNSIGNED_APP } from '../harness/server.ts'

interface CallbackLine {
  level: string
  msg: string
  command: string
  outcome: string
  bytes: number
  durationMs: number
}

const callbackLines = ({ lines }: Pick<TestServer, 'lines'>): CallbackLine[] =>
  lines.map((line) => JSON.parse(line) as CallbackLine).filter(({ msg }) => msg.startsWith('answered: '))

const broken = (): never => {
  throw new Error('broken')
}

describe('the line of a callback', () => {
  it('says who sent what, how it was answered, and how long that took', async () => {
    const server = await serve({
      log: { level: 'info' },
      plugins: [entry('words', { [BEFORE]: ({ reject }) => reject() })],
    })
    const body = JSON.stringify(message('你好'))
    await server.post(BEFORE, body)
    const [line] = callbackLines(server)
    expect(line).to.include({ level: 'info', sdkAppId: UNSIGNED_APP, command: BEFORE, phase: 'before', code: 1 })
    expect(line).to.include({ outcome: 'reject', failed: false, bytes: Buffer.byteLength(body), peer: '127.0.0.1' })
    expect(line?.durationMs).to.be.a('number')
    expect(line).to.have.property('id')
  })

  it('names the address that a trusted proxy reports, and no other', async () => {
    for (const [trustProxy, peer] of [
      [true, '203.0.113.9'],
      [false, '127.0.0.1'],
    ] as const) {
      const server = await serve({ server: { trustProxy } })
      const headers = { 'X-Forwarded-For': '10.0.0.1, 203.0.113.9' }
      const query = `?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${FULL}`
      await server.request(query, { method: 'POST', headers, body: JSON.stringify(full()) })
      expect(callbackLines(server)[0]).to.include({ peer })
    }
  })

  it('exists only for failed ones with log.callbacks: failed, and for none with none', async () => {
    for (const [callbacks, count] of [
      ['all', 2],
      ['failed', 1],
      ['none', 0],
    ] as const) {
      const server = await serve({ log: { callbacks }, plugins: [entry('broken', { [BEFORE]: broken })] })
      await server.post(BEFORE, message())
      await server.post(FULL, full())
      expect(callbackLines(server), callbacks).to.have.length(count)
    }
  })

  it('exists for a fraction of them with log.sample, and for all that failed', async () => {
    const server = await serve({ log: { sample: 0.1 }, plugins: [entry('broken', { [BEFORE]: broken })] })
    for (let n = 0; n < 50; n++) await server.post(FULL, full())
    for (let n = 0; n < 3; n++) await server.post(BEFORE, message())
    const commands = callbackLines(server).map(({ command }) => command)
    expect(commands.filter((command) => command === FULL)).to.have.length.within(4, 5)
    expect(commands.filter((command) => command === BEFORE)).to.have.length(3)
  })

  it('is JSON like every other line where the command writes it to a pipe, unknown commands included', async () => {
    const config = 'apps: [{ sdkAppId: 7, unsigned: true }]\nadmin: false\ndelivery: { engine: memory }\n'
    const folder = await folderWith({ 'config/plugins.yaml': config })
    const { url, line } = await startCommand(folder)
    const post = (command: string): Promise<Response> =>
      fetch(`${url}?SdkAppid=7&CallbackCommand=${command}`, { method: 'POST', body: '{"GroupId":"@TGS#1"}' })
    await post(FULL)
    await post('Group.Callback"Odd')
    const known = await line(({ command, msg }) => command === FULL && msg === 'answered: allow')
    const unknown = await line(({ command, msg }) => command === 'Group.Callback"Odd' && msg === 'answered: allow')
    expect(Object.keys(known)).to.have.members(Object.keys(unknown))
    for (const key of Object.keys(known)) expect(typeof known[key], key).to.equal(typeof unknown[key])
    expect(known).to.include({ level: 'info', bytes: 20, peer: '127.0.0.1' })
  })
})
