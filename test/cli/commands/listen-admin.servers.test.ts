import { join } from 'node:path'
import { expect } from 'chai'
import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import { folderWith, launch, run } from '../../harness/cli.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { serve, signed } from '../../harness/server.ts'
import { freePort } from '../../harness/servers/redis.ts'
import { receive, type Received } from '../../plugins/forward/receiver.ts'

const TOKEN = 'token-of-this-test'
const FILLER = 'Group.CallbackAfterGroupDestroyed'

function groupsOf(received: readonly Received[]): unknown[] {
  return received.map(({ body }) => (JSON.parse(body) as { GroupId: unknown }).GroupId)
}

/** The command reads the store of another process, as the page does. */
async function sqlite(): Promise<{ delivery: DeliveryInput }> {
  return { delivery: { engine: 'sqlite', sqlite: { file: join(await folderWith({}), 'a.db') } } }
}

describe('timhook listen --admin', () => {
  it('hands on history and what comes, in order and once each, from a server elsewhere', async () => {
    const cwd = await folderWith({ 'token.txt': `${TOKEN}\n` })
    const { post, server } = await serve({ ...(await sqlite()), admin: { port: 0, token: TOKEN, bodies: true } })
    for (const GroupId of ['a', 'b']) await post(FULL, full({ GroupId }), signed())
    const program = await receive()
    launch(
      ['listen', '--admin', server.adminUrl ?? '', '--token-file', 'token.txt', '--to', program.url, '--since', '1h'],
      cwd,
    )
    await program.got(2)
    await post(FULL, full({ GroupId: 'c' }), { ClientIP: '10.1.2.3' })
    const [, , third] = await program.got(3)
    expect(groupsOf(program.received)).to.deep.equal(['a', 'b', 'c'])
    expect(Object.fromEntries(third?.query ?? [])).to.include({ CallbackCommand: FULL, ClientIP: '10.1.2.3' })
    expect(program.received.flatMap(({ query }) => query.getAll('Sign'))).to.deep.equal([])
  })

  it('hands on what comes from now on without --since', async () => {
    const cwd = await folderWith({})
    const { post, server } = await serve({ ...(await sqlite()), admin: { port: 0, token: TOKEN, bodies: true } })
    await post(FULL, full({ GroupId: 'before' }))
    const program = await receive()
    launch(['listen', '--admin', server.adminUrl ?? '', '--to', program.url], cwd, { TIMHOOK_ADMIN_TOKEN: TOKEN })
    while (program.received.length === 0) await post(FULL, full({ GroupId: 'live' }))
    expect(new Set(groupsOf(program.received))).to.deep.equal(new Set(['live']))
  })

  it('goes on when a busy server with the engine memory has dropped a callback before it was read', async () => {
    const cwd = await folderWith({})
    const { post, server } = await serve({ admin: { port: 0, token: TOKEN, bodies: true } })
    for (const GroupId of ['a', 'dropped']) await post(FULL, full({ GroupId }))
    const program = await receive()
    // While the first is answered, so much comes that the second is not kept.
    let answer = (): void => undefined
    program.respond = (response) => void (answer = () => response.end())
    const args = ['listen', '--admin', server.adminUrl ?? '', '--to', program.url, '--only', FULL, '--since', '1h']
    const { says } = launch(args, cwd, { TIMHOOK_ADMIN_TOKEN: TOKEN })
    await program.got(1)
    const about = { GroupId: 'filler', Owner_Account: 'x'.repeat(900_000) }
    for (let EventTime = 0; EventTime < 40; EventTime++)
      expect((await post(FILLER, { CallbackCommand: FILLER, EventTime, ...about })).status).to.equal(200)
    await post(FULL, full({ GroupId: 'z' }))
    program.respond = (response) => void response.end()
    answer()
    await program.got(2)
    expect(groupsOf(program.received)).to.deep.equal(['a', 'z'])
    await says('has dropped 1 callbacks before they could be read')
  })

  it('says what is missing: the token, admin.bodies, a server', async () => {
    const cwd = await folderWith({ 'wrong.txt': 'wrong' })
    const open = (await serve({ ...(await sqlite()), admin: { port: 0, token: TOKEN, bodies: true } })).server
    const closed = (await serve({ admin: { port: 0, bodies: false } })).server
    for (const [args, expected] of [
      [['--admin', open.adminUrl ?? ''], 'TIMHOOK_ADMIN_TOKEN'],
      [['--admin', open.adminUrl ?? '', '--token-file', 'wrong.txt'], 'answered 401'],
      [['--admin', closed.adminUrl ?? ''], 'admin.bodies: true'],
      [['--admin', `http://127.0.0.1:${await freePort()}`], 'ECONNREFUSED'],
      [['--token-file', 'wrong.txt'], '--admin, which is missing'],
    ] as const) {
      const { code, stderr } = await run(['listen', '--to', 'http://127.0.0.1:1/', ...args], { cwd })
      expect(code, stderr).to.be.oneOf([1, 2])
      expect(stderr).to.contain(expected)
    }
  })
})
