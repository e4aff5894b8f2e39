import { expect } from 'chai'
import type { ConfigInput } from '../../config/schema.ts'
import { entry } from '../harness/plugin.ts'
import type { TestServer } from '../harness/server.ts'
import { counted } from './counted.ts'

const COMMAND = 'Unknown.CallbackAfterSomething'

/** What handlers are given, whatever others do to theirs. */
export function describeBodies(serve: (config?: Partial<ConfigInput>) => Promise<TestServer>): void {
  describe('the body', () => {
    it('is one of its own for each plugin, and the text as it came', async () => {
      for (const depth of [1, 500]) {
        const seen: unknown[] = []
        const vandal = async ({ body, raw }: { body: object; raw: string }): Promise<void> => {
          seen.push([JSON.stringify(body), raw])
          const { list } = body as { list: unknown[] }
          list.length = 0
          Object.assign(body, { list: 'broken' })
        }
        const plugins = ['a', 'b', 'c'].map((name) => entry(name, { '*': vandal }))
        const { post, bus } = await serve({ plugins })
        const all = counted(bus, 3)
        const text = `{"list":${'['.repeat(depth)}1${']'.repeat(depth)}}`
        await post(COMMAND, ` ${text}`)
        await all
        expect(seen).to.deep.equal([1, 2, 3].map(() => [text, ` ${text}`]))
      }
    })

    it('is as it came in each attempt', async () => {
      const seen: string[] = []
      const spoils = async ({ body }: { body: object }): Promise<void> => {
        seen.push(JSON.stringify(body))
        Object.assign(body, { EventTime: 'broken' })
        if (seen.length < 3) throw new Error('again')
      }
      const retry = { attempts: 3, minMs: 1, maxMs: 1 }
      const { post, bus } = await serve({ plugins: [entry('spoils', { '*': spoils }, { retry })] })
      const done = bus.next('handler:done')
      const text = '{"EventTime":1}'
      await post(COMMAND, text)
      await done
      expect(seen).to.deep.equal([text, text, text])
    })
  })
}
