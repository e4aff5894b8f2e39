import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { counted } from '../delivery/contract/counted.ts'
import { openConnection, requestText } from '../harness/connection.ts'
import { serve } from '../harness/server.ts'

const FOLDER = 'test/fixtures/cases'

/** A request as somebody has seen it, and what should come of it. */
interface Case {
  readonly source: string
  readonly method: string
  /** As on the wire. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | { readonly base64: string }
  readonly posts?: number
  readonly want: {
    readonly status?: number
    /** How often the plugin gets it. */
    readonly delivered?: number
    readonly command?: string
    /** A before-callback whose plugin was asked: the answer is its rejection. */
    readonly asked?: true
    /** A text in the body that the plugin gets. */
    readonly contains?: string
  }
}

interface Context {
  readonly command: string
  readonly body: object
  readonly reject?: () => unknown
}

describe('a request as it was seen in real traffic', () => {
  for (const file of readdirSync(FOLDER)) {
    const {
      source,
      method,
      target,
      headers,
      body,
      posts = 1,
      want,
    } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Case

    it(`${file.replace('.json', '')} (${source})`, async () => {
      const calls: Context[] = []
      const handle = (context: Context): unknown => {
        calls.push(context)
        return context.reject?.()
      }
      const { bus, port, server } = await serve({
        apps: [
          { sdkAppId: 1400000000, unsigned: true },
          { sdkAppId: 1400000001, tokens: ['token-of-the-cases'] },
        ],
        server: { path: ['/', '/im/callbacks'] },
        plugins: [{ use: { name: 'writes', handlers: { '*': handle } } }],
      })
      const delivered = counted(bus, want.delivered ?? 0)
      const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.base64, 'base64')
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      for (let post = 0; post < posts; post++) {
        const connection = await openConnection(port)
        connection.send(requestText(`${method} ${target}`, '', [...lines, `Content-Length: ${bytes.length}`]))
        connection.send(bytes)
        const answer = await connection.answer()
        expect(answer.status).to.equal(want.status ?? 200)
        if (want.asked) expect(JSON.parse(answer.body)).to.include({ ActionStatus: 'OK', ErrorCode: 1 })
      }
      if (want.delivered) await delivered
      await server.stop({ drainMs: 0, graceMs: 0 })
      expect(calls).to.have.length(want.delivered ?? (want.asked ? posts : 0))
      for (const call of calls) {
        if (want.command !== undefined) expect(call.command).to.equal(want.command)
        if (want.contains !== undefined) expect(JSON.stringify(call.body)).to.contain(want.contains)
      }
    })
  }
})
