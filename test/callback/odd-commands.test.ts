import { expect } from 'chai'
import { expectUnharmed, OK_TEXT } from '../harness/answers.ts'
import { recorder } from '../harness/recorder.ts'
import { serve } from '../harness/server.ts'

const commands = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'Group.constructor',
  'Group.__proto__',
  '*',
  'Group.*',
  '.',
  'Group.',
  'group.callbackaftergroupfull',
  ' Group.CallbackAfterGroupFull',
  '../../etc/passwd',
  'a\r\nX-Injected: 1',
  '\0',
  '命令😀',
  '%',
  'x'.repeat(12_000),
]

describe('a command that nobody knows', () => {
  for (const command of commands)
    it(`is acknowledged and delivered: ${JSON.stringify(command.slice(0, 40))}`, async () => {
      const { plugins, next } = recorder()
      const server = await serve({ plugins })
      const called = next()
      const reply = await server.post(command, { a: 1, CallbackCommand: command })
      expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
      expect(reply.headers.get('x-injected')).to.equal(null)
      const call = await called
      expect(call.command).to.equal(command)
      expect(call.body['a']).to.equal(1)
      await expectUnharmed(server, reply.text)
    })

  it('may come without a plugin for it', async () => {
    const { post } = await serve()
    expect((await post('constructor', {})).text).to.equal(OK_TEXT)
  })
})
