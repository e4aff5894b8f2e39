import { expect } from 'chai'
import type { Plugin } from '../../core/plugin.ts'
import { BEFORE, entry, message } from '../harness/plugin.ts'
import { serve } from '../harness/server.ts'

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

describe('the chain of a before-callback', () => {
  it('allows when nobody objects, and when nobody handles it', async () => {
    const none = await serve()
    expect((await none.post(BEFORE, message())).text).to.equal(OK)
    const silent = await serve({ plugins: [entry('silent', { [BEFORE]: () => undefined })] })
    expect((await silent.post(BEFORE, message())).text).to.equal(OK)
  })

  it('asks the plugins in config order, and ends at the first refusal', async () => {
    const asked: string[] = []
    const { post } = await serve({
      plugins: [
        entry('first', { [BEFORE]: ({ allow }) => (asked.push('first'), allow()) }),
        entry('second', { [BEFORE]: async ({ reject }) => (asked.push('second'), reject(10100, 'no')) }),
        entry('third', { [BEFORE]: () => void asked.push('third') }),
      ],
    })
    const { status, text } = await post(BEFORE, message())
    expect(asked).to.deep.equal(['first', 'second'])
    expect(status).to.equal(200)
    expect(text).to.equal('{"ActionStatus":"OK","ErrorInfo":"no","ErrorCode":10100}')
  })

  it('rejects with 1 unless told otherwise, and drops with 2', async () => {
    const { post } = await serve({
      plugins: [
        entry('by-text', {
          [BEFORE]: ({ body, reject, drop }) => (body.CloudCustomData === 'drop' ? drop() : reject()),
        }),
      ],
    })
    expect((await post(BEFORE, message())).json).to.include({ ActionStatus: 'OK', ErrorCode: 1, ErrorInfo: '' })
    expect((await post(BEFORE, message('', { CloudCustomData: 'drop' }))).json).to.include({ ErrorCode: 2 })
  })

  it("unites the variables that plugins fill in a bot's session, and lets each see those of all", async () => {
    const seen: unknown[] = []
    const fills = (name: string, Body: Record<string, unknown>): ReturnType<typeof entry> =>
      entry(name, {
        'Chatbot.InterfaceInvocation': ({ body, allow }) => {
          seen.push(body.Body)
          return allow({ Body })
        },
      })
    const { post } = await serve({ plugins: [fills('one', { a: 1, b: 1 }), fills('two', { b: 2 })] })
    const Body = { SystemSessionID: 's', a: '' }
    const { json } = await post('Chatbot.InterfaceInvocation', { Body, EventTime: 1 })
    expect(json).to.deep.include({ ErrorCode: 0, Body: { a: 1, b: 2 } })
    expect(seen).to.deep.equal([Body, { ...Body, a: 1, b: 1 }])
  })

  it('lets each plugin see the message as earlier ones rewrote it, and answers with the last text', async () => {
    const seen: unknown[] = []
    const { post } = await serve({
      plugins: [
        entry('stars', {
          [BEFORE]: ({ allow }) =>
            allow({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }], CloudCustomData: 'one' }),
        }),
        entry('witness', { [BEFORE]: ({ body }) => void seen.push(body.MsgBody, body.CloudCustomData) }),
        entry('last', { [BEFORE]: ({ allow }) => allow({ CloudCustomData: 'two' }) }),
      ],
    })
    const { text } = await post(BEFORE, message('secret'))
    expect(seen).to.deep.equal([[{ MsgType: 'TIMTextElem', MsgContent: { Text: '***' } }], 'one'])
    expect(text).to.equal(
      '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,' +
        '"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"***"}}],"CloudCustomData":"two"}',
    )
  })

  it('carries no fields in a refusal, whatever was allowed before it', async () => {
    const { post } = await serve({
      plugins: [
        entry('rewrites', { [BEFORE]: ({ allow }) => allow({ CloudCustomData: 'x' }) }),
        entry('refuses', { [BEFORE]: ({ drop }) => drop() }),
      ],
    })
    expect((await post(BEFORE, message())).text).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":2}')
  })

  it('gives each plugin a body of its own', async () => {
    const seen: unknown[] = []
    const vandal: Plugin['handlers'] = {
      [BEFORE]: ({ body }) => {
        seen.push(JSON.stringify(body))
        Object.assign(body.MsgBody[0]?.MsgContent ?? {}, { Text: 'broken' })
        body.MsgBody.length = 0
        delete body.GroupId
      },
    }
    const { post } = await serve({ plugins: ['a', 'b', 'c'].map((name) => entry(name, vandal)) })
    await post(BEFORE, message())
    expect(seen).to.deep.equal([1, 2, 3].map(() => JSON.stringify(message())))
  })

  it('calls the most specific handler of a plugin alone, wildcards included', async () => {
    const called: string[] = []
    const { post } = await serve({
      plugins: [
        entry('specific', {
          '*': () => void called.push('*'),
          'Group.*': () => void called.push('Group.*'),
          [BEFORE]: () => void called.push('command'),
        }),
        entry('category', { '*': () => void called.push('*2'), 'Group.*': () => void called.push('Group.*2') }),
        entry('all', { '*': (context) => ('reject' in context ? context.reject() : undefined) }),
      ],
    })
    expect((await post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
    expect(called).to.deep.equal(['command', 'Group.*2'])
  })

  it('leaves out plugins that are disabled, and those that `only` excludes', async () => {
    const called: string[] = []
    const say = (name: string) => ({ [BEFORE]: () => void called.push(name) })
    const { post } = await serve({
      plugins: [
        entry('off', say('off'), { enabled: false }),
        entry('app', say('app'), { only: { apps: [1400000002] } }),
        entry('command', say('command'), { only: { commands: ['C2C.*'] } }),
        entry('on', say('on'), { only: { apps: [1400000001], commands: ['Group.*'] } }),
      ],
    })
    await post(BEFORE, message())
    expect(called).to.deep.equal(['on'])
  })
})
