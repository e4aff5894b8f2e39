import { join } from 'node:path'
import { expect } from 'chai'
import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import { folderWith, launch, run } from '../../harness/cli.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { serve, signed } from '../../harness/server.ts'
import { freePort } from '../../harness/servers/redis.ts'
import { receive, type Received } from '../../plugins/forward/receiver.ts'

const TOKEN = 'token-of-this-test'

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
