import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { FULL, full } from '../../harness/plugin.ts'
import type { TestBroker } from './brokers.ts'
import { queueing } from './contract.ts'

/** What every broker has to do for us over TLS. */
export function behavesOverTls(broker: () => TestBroker): void {
  it('over TLS gets callbacks from who trusts its authority and shows a certificate, as files or as PEM', async () => {
    const { ca, client } = broker().tls
    const text = (file: string): string => readFileSync(file, 'utf8')
    for (const tls of [
      { ca, ...client },
      { ca: text(ca), cert: text(client.cert), key: text(client.key) },
    ]) {
      await broker().prepare()
      const server = await queueing({ url: broker().secureUrl, tls })
      const done = server.bus.next('handler:done')
      await server.post(FULL, full())
      const { id } = await done
      expect((await broker().read()).map((taken) => taken.id)).to.deep.equal([id])
    }
  })

  for (const [what, leftOut, reason] of [
    ['does not trust its authority', 'ca', /certificate/],
    // The alert that says so may come too late, after the end of the connection.
    ['shows no certificate', 'client', /cannot be reached/],
  ] as const) {
    it(`over TLS gets nothing from who ${what}, and the hold says why`, async () => {
      await broker().prepare()
      const { ca, client } = broker().tls
      const tls = leftOut === 'ca' ? client : { ca }
      const server = await queueing({ url: broker().secureUrl, tls })
      expect(server.lines.find((line) => line.includes('the broker is down'))).to.match(reason)
      const held = server.bus.next('plugin:held')
      await server.post(FULL, full())
      expect((await held).reason)
        .to.match(/(?:amqps|rediss|tls):\/\/127\.0\.0\.1:\d+ /)
        .and.to.match(reason)
      expect(await broker().read()).to.deep.equal([])
    })
  }
}
