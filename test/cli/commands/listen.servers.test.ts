import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { launch, parse, type Running } from '../../harness/cli.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { SIGNED_APP, signed } from '../../harness/server.ts'
import { type Received, receive } from '../../plugins/forward/receiver.ts'
import { jsonOf, stored } from './stored.ts'

const CREATED = 'Group.CallbackAfterCreateGroup'

/** The command, once it has begun to look for new callbacks. */
function listening(cwd: string, to: string, ...args: string[]): Running {
  return launch(['listen', '--to', to, ...args], cwd)
}

function groupsOf(received: readonly Received[]): unknown[] {
  return received.map(({ body }) => (JSON.parse(body) as { GroupId: unknown }).GroupId)
}

describe('timhook listen', () => {
  it('hands on what comes, as Tencent sent it, and prints what was answered', async () => {
    const { cwd, serve, timhook } = await stored()
    const { post } = await serve([])
    await post(FULL, full({ GroupId: 'before' }))
    const program = await receive((response) => void response.writeHead(503).end())
    const command = listening(cwd, `${program.url}?own=1`, '--json')
    // It says nothing until a callback comes: those that come before it looks are not its own.
    while (program.received.length === 0)
      await post(FULL, full({ GroupId: 'live' }), { ClientIP: '10.1.2.3', ...signed() })
    const [first] = await program.got(1)
    expect(groupsOf([first as Received])).to.deep.equal(['live'])
    expect(first?.path).to.equal('/callbacks')
    expect(first?.body).to.contain('"GroupId":"live"')
    const query = Object.fromEntries(first?.query ?? [])
    expect(query).to.include({ own: '1', SdkAppid: `${SIGNED_APP}`, CallbackCommand: FULL, ClientIP: '10.1.2.3' })
    expect(query).not.to.have.any.keys('Sign', 'RequestTime')
    const said = jsonOf((await command.says('"status":503')).split('\n').slice(0, 1).join(''))
    expect(said[0]).to.include({ command: FULL, status: 503, id: first?.headers['timhook-id'] })
    // What it is answered changes nothing in the store.
    expect((await timhook('dead-letters', '--json')).stdout).to.equal('')
    command.child.kill('SIGINT')
    expect((await command.ended).code).to.equal(0)
  })

  it('begins with history, in order, only what is asked for, and goes on with what comes', async () => {
    const { cwd, serve } = await stored()
    const { post, server } = await serve([])
    for (const GroupId of ['a', 'b', 'c']) await post(FULL, full({ GroupId }))
    await post(CREATED, { GroupId: 'other' })
    await post('State.StateChange', { Info: { Action: 'Login', To_Account: 'a' } })
    const program = await receive()
    listening(cwd, program.url, '--since', '1h', '--only', FULL, '--only', 'Call.*')
    await program.got(3)
    await post(FULL, full({ GroupId: 'd' }))
    await program.got(4)
    expect(groupsOf(program.received)).to.deep.equal(['a', 'b', 'c', 'd'])
    await server.stop()
    // The store is read without the server too.
    const again = await receive()
    listening(cwd, again.url, '--since', '1h')
    expect(await again.got(6)).to.have.length(6)
  })

  it('signs anew with the token of a file', async () => {
    const token = 'own-token-of-this-test'
    const { cwd, serve } = await stored('[]', { 'token.txt': `${token}\n` })
    const { post } = await serve([])
    await post(FULL, full(), signed())
    const program = await receive()
    listening(cwd, program.url, '--since', '1h', '--sign-file', 'token.txt')
    const [first] = await program.got(1)
    const time = first?.query.get('RequestTime') ?? ''
    expect(Math.abs(Number(time) * 1000 - Date.now())).to.be.below(600_000)
    expect(first?.query.getAll('Sign')).to.deep.equal([
      createHash('sha256')
        .update(token + time)
        .digest('hex'),
    ])
  })

  it('waits for a program that is not there, and leaves nothing out', async () => {
    const { cwd, serve } = await stored()
    const { post } = await serve([])
    for (const GroupId of ['a', 'b']) await post(FULL, full({ GroupId }))
    const program = await receive()
    await program.down()
    const command = listening(cwd, program.url, '--since', '1h')
    await command.says('waiting for it')
    await program.up()
    expect(groupsOf(await program.got(2))).to.deep.equal(['a', 'b'])
  })

  it('refuses another machine without --yes, and an invalid URL', async () => {
    for (const [args, expected] of [
      [['--to', 'http://example.com/'], 'example.com is not this machine'],
      [['--to', 'ftp://127.0.0.1/'], '--to ftp://127.0.0.1/: expected http or https'],
      [['--to', 'there'], '--to there: expected http://HOST:PORT/PATH'],
      [['--to', 'http://127.0.0.1/', '--sign-file', '/none'], '--sign-file /none: cannot be read: ENOENT'],
      [[], '--to'],
    ] as const) {
      const { code, stderr } = await parse('listen', ...args)
      expect([code, stderr]).to.satisfy(() => code === 2 && stderr.includes(expected), stderr)
    }
  })
})
