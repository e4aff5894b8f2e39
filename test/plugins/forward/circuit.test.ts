import { expect } from 'chai'
import { Circuit } from '../../../plugins/forward/send/circuit.ts'
import { BEFORE, FULL, full, message } from '../../harness/plugin.ts'
import { eventsOf, serve } from '../../harness/server.ts'
import { ok, receive } from './receiver.ts'

describe('the circuit breaker of forward', () => {
  it('opens after failures in a row, and lets one call at a time probe', async () => {
    const changes: boolean[] = []
    const circuit = new Circuit({ failures: 2, probeMs: 5, maxProbeMs: 15 }, (isOpen) => void changes.push(isOpen))
    circuit.failed(circuit.enter())
    circuit.answered()
    circuit.failed(circuit.enter())
    expect(circuit.enter()).to.equal('go')
    circuit.failed('go')
    expect([circuit.isOpen, changes]).to.deep.equal([true, [true]])
    const probed = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, circuit.waitMs))
      while (circuit.enter() === 'open') await new Promise(setImmediate)
      expect(circuit.enter()).to.equal('probing')
    }
    await probed()
    // A call that began before changes nothing.
    circuit.failed('go')
    expect(circuit.enter()).to.equal('probing')
    const waits: number[] = []
    for (let round = 0; round < 2; round++) {
      const ended = circuit.probed
      circuit.failed('probe')
      await ended
      waits.push(circuit.waitMs)
      await probed()
    }
    expect(waits[0]).to.be.within(1, 10)
    expect(waits[1]).to.be.within(1, 15)
    circuit.answered()
    expect([circuit.enter(), changes]).to.deep.equal(['go', [true, false]])
  })

  it('sends before-callbacks to onFailure at once while it is open', async () => {
    const target = await receive()
    const circuit = { failures: 2, probeMs: '1h', maxProbeMs: '1h' }
    const options = { url: target.url, decide: true, circuit }
    const { post, bus } = await serve({ plugins: [{ use: 'forward', options, onFailure: 'reject' }] })
    await target.down()
    const failed = eventsOf(bus, 'handler:failed')
    for (let count = 0; count < 3; count++) expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
    const codes = failed.map(({ error }) => error?.code)
    expect(codes).to.deep.equal(['TARGET_UNREACHABLE', 'TARGET_UNREACHABLE', 'TARGET_HELD'])
  })

  it('logs opening and closing in one line each', async () => {
    const target = await receive()
    const options = { url: target.url, decide: true, circuit: { failures: 1, probeMs: 1, maxProbeMs: 1 } }
    const { post, bus, lines } = await serve({ plugins: [{ use: 'forward', options, onFailure: 'reject' }] })
    const changes = eventsOf(bus, 'plugin:forward:circuit')
    await target.down()
    for (let count = 0; count < 5; count++) await post(BEFORE, message())
    await target.up()
    while ((await post(BEFORE, message())).json['ErrorCode'] !== 0);
    expect(changes).to.deep.equal([
      { open: true, target: new URL(target.url).origin },
      { open: false, target: new URL(target.url).origin },
    ])
    expect(lines.filter((line) => line.includes('circuit opened: '))).to.have.length(1)
    expect(lines.filter((line) => line.includes('circuit closed: '))).to.have.length(1)
  })

  it('is not opened by answers that are about one callback', async () => {
    const target = await receive((response) => void response.writeHead(404).end())
    const { post, bus } = await serve({
      plugins: [{ use: 'forward', retry: { attempts: 1 }, options: { url: target.url, circuit: { failures: 1 } } }],
    })
    for (let count = 0; count < 3; count++) {
      const dead = bus.next('callback:dead')
      await post(FULL, full())
      expect((await dead).error).to.contain('answered 404')
    }
    target.respond = ok
  })
})
