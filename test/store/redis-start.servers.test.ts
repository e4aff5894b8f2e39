import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'chai'
import { definePlugin } from '../../core/plugin.ts'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { connecting } from '../harness/servers/redis-client.ts'
import { DURABLE, freePort, describeWithRedis, startRedis, startSentinel } from '../harness/servers/redis.ts'
import { serve } from '../harness/server.ts'
import { eventually } from '../delivery/engines/redis/run-redis.ts'

interface Refused {
  code: string
  message: string
  hint: string
}

async function refused(
  settings: Parameters<ReturnType<typeof connecting>['open']>[0],
  startMs = 500,
): Promise<Refused> {
  const opening = connecting({ startMs }).open(settings)
  return opening.then(
    () => expect.fail('was opened'),
    (error: Refused) => error,
  )
}

describeWithRedis('a Redis that timhook is to start with', () => {
  const lossy: [what: string, settings: string[], fault: string][] = [
    ['without an append-only file', ['--appendfsync', 'always'], 'appendonly is no'],
    ['that syncs once a second', ['--appendonly', 'yes'], 'appendfsync is everysec'],
    ['that evicts', [...DURABLE, '--maxmemory-policy', 'allkeys-lru'], 'maxmemory-policy is allkeys-lru'],
    [
      'that does not sync in a rewrite',
      [...DURABLE, '--no-appendfsync-on-rewrite', 'yes'],
      'no-appendfsync-on-rewrite is yes',
    ],
  ]
  for (const [what, settings, fault] of lossy) {
    it(`is refused ${what}, and accepted as relaxed`, async () => {
      const { url } = await startRedis(settings)
      const { code, message, hint } = await refused({ url })
      expect([code, message]).to.deep.equal(['STORE_NOT_DURABLE', `Redis may lose what it has acknowledged: ${fault}`])
      expect(hint).to.contain('redis.conf').and.contain('durability: relaxed')
      const { lines, ...to } = connecting()
      const { durability } = await to.open({ url, durability: 'relaxed' })
      expect([durability.mode, durability.faults]).to.deep.equal(['relaxed', [fault]])
      expect(lines.join('')).to.contain(fault).and.contain('"warn"')
    })
  }

  it('is judged by INFO if CONFIG is refused, as far as that goes', async () => {
    const acl = ['--user', 'im', 'on', '>pass1234', '~*', '&*', '+@all', '-config']
    const server = await startRedis([...DURABLE, ...acl])
    const url = server.url.replace('//', '//im:pass1234@')
    const { code, message, hint } = await refused({ url })
    expect([code, message]).to.deep.equal([
      'STORE_NOT_DURABLE',
      'Redis may lose what it has acknowledged: appendfsync cannot be read, no-appendfsync-on-rewrite cannot be read',
    ])
    expect(hint).to.contain('+config|get').and.contain('durability: relaxed')
    const lossy = await startRedis(acl)
    const { durability } = await connecting().open({
      url: lossy.url.replace('//', '//im:pass1234@'),
      durability: 'relaxed',
    })
    expect(durability.faults[0]).to.equal('appendonly is no')
  })

  it('works for a user with no more rights than documented', async () => {
    const rights = ['on', '>pass1234', '~timhook*', '&timhook*', '+@all', '-@admin', '+config|get']
    const { url } = await startRedis([...DURABLE, '--user', 'im', ...rights])
    const plugin = definePlugin({ name: 'keeps', setup: ({ store }) => store.set('a', 1), handlers: {} })
    const redis = { url: url.replace('//', '//im:pass1234@') }
    const { post } = await serve({ plugins: [{ use: plugin }], delivery: { engine: 'redis', redis } })
    expect((await post('Group.CallbackAfterGroupFull', { GroupId: 'a' })).status).to.equal(200)
  })

  it('is refused as a replica, by the name of its primary', async () => {
    const primary = await startRedis()
    const replica = await startRedis([...DURABLE, '--replicaof', '127.0.0.1', String(primary.port)])
    const { code, message, hint } = await refused({ url: replica.url, durability: 'relaxed' })
    expect([code, message]).to.deep.equal([
      'STORE_UNSUITABLE',
      'the Redis of delivery.redis is a replica, which accepts no writes',
    ])
    expect(hint).to.contain(`127.0.0.1:${primary.port}`)
  })

  it('is refused as a cluster', async () => {
    const { url } = await startRedis([...DURABLE, '--cluster-enabled', 'yes'])
    const { code, message } = await refused({ url, durability: 'relaxed' })
    expect([code, message]).to.deep.equal([
      'STORE_UNSUITABLE',
      'the Redis of delivery.redis is a cluster, which cannot change several keys at once',
    ])
  })

  it('is refused by its address if it is not there', async () => {
    const port = await freePort()
    const { code, message } = await refused({ url: `redis://:s3cret-pw@127.0.0.1:${port}` })
    expect([code, message]).to.deep.equal([
      'STORE_UNREACHABLE',
      `Redis at 127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
    ])
  })

  it('is waited for a moment, while it starts', async () => {
    const server = await startRedis()
    await server.kill()
    const opening = connecting().open({ url: server.url })
    await server.start()
    await (await opening).check()
  })

  it('gets the password, which is never printed', async () => {
    const { url } = await startRedis([...DURABLE, '--requirepass', 's3cret-pw'])
    await (await connecting().open({ url: url.replace('//', '//:s3cret-pw@') })).check()
    for (const wrong of [url, url.replace('//', '//:wr0ng-pw@'), url.replace('//', '//nobody:wr0ng-pw@')]) {
      // Trying again would not help, so it does not.
      const error = await refused({ url: wrong }, 600_000)
      expect(error.code).to.equal('STORE_AUTH_FAILED')
      expect(`${error.message} ${error.hint} ${JSON.stringify(error)}`).not.to.contain('pw')
    }
  })

  it('is refused if the URL names a database that does not exist', async () => {
    const { url } = await startRedis()
    expect(await refused({ url: `${url}/99` })).to.include({ code: 'STORE_UNSUITABLE' })
    expect((await connecting().open({ url: `${url}/3` })).client.options.db).to.equal(3)
  })

  it('is found through Sentinel', async () => {
    const primary = await startRedis([...DURABLE, '--requirepass', 's3cret-pw'])
    const sentinel = await startSentinel('main', primary.port, 's3cret-pw')
    const sentinels = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${sentinel}`]
    const redis = await connecting().open({ sentinels, name: 'main', password: 's3cret-pw' })
    await redis.check()
    expect(await redis.client.config('GET', 'port')).to.deep.equal(['port', String(primary.port)])
    const { code, message } = await refused({ sentinels, name: 'other', password: 's3cret-pw' })
    expect(code).to.equal('STORE_UNREACHABLE')
    expect(message).to.contain('other of the sentinels')
  })

  it('is reached over TLS', async () => {
    const cwd = await folderWith({})
    const [key, cert] = [join(cwd, 'key.pem'), join(cwd, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject]
    await once(spawn('openssl', args, { stdio: 'ignore' }), 'exit')
    const tlsPort = await freePort()
    const files = [
      '--tls-cert-file',
      cert,
      '--tls-key-file',
      key,
      '--tls-ca-cert-file',
      cert,
      '--tls-auth-clients',
      'no',
    ]
    await startRedis([...DURABLE, '--tls-port', String(tlsPort), ...files])
    const url = `rediss://127.0.0.1:${tlsPort}`
    const { code, message } = await refused({ url })
    expect(code).to.equal('STORE_UNREACHABLE')
    expect(message)
      .to.contain(`Redis at 127.0.0.1:${tlsPort} cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT`)
      .and.contain('NODE_EXTRA_CA_CERTS')
    const script = `import { openRedis } from '${new URL('../../core/store/redis/client.js', import.meta.url).href}'
      const log = { warn() {}, error() {}, info() {} }
      const redis = await openRedis({ url: '${url}', prefix: 'p', durability: 'strict' }, { log })
      await redis.check()
      await redis.close()`
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert }
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: 'inherit' })
    stopAfterTest(async () => void child.kill('SIGKILL'))
    expect((await once(child, 'exit'))[0]).to.equal(0)
  })
})

describeWithRedis('a server on Redis', () => {
  const ready = async (adminUrl: string | undefined): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(new URL('/readyz', adminUrl))
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const started = async (): Promise<{ url: string; adminUrl: string | undefined }> => {
    const { url } = await startRedis()
    const { server } = await serve({ admin: { port: 0 }, delivery: { engine: 'redis', redis: { url } } })
    return { url, adminUrl: server.adminUrl }
  }

  it('says in /readyz that Redis was set to sync once a second while it ran', async () => {
    const { url, adminUrl } = await started()
    const { client } = await connecting().open({ url })
    await client.config('SET', 'appendfsync', 'everysec')
    const said = await eventually(
      () => ready(adminUrl),
      ({ body }) => body['durability'] !== undefined,
    )
    expect(said).to.deep.include({ status: 200 })
    expect(said.body['durability']).to.equal('strict: appendfsync is everysec')
  })

  it('is no longer ready once its Redis was flushed', async () => {
    const { url, adminUrl } = await started()
    const { client } = await connecting().open({ url })
    await client.flushall()
    const { status } = await eventually(
      () => ready(adminUrl),
      ({ status }) => status === 503,
    )
    expect(status).to.equal(503)
  })

  it('says in /readyz that what it acknowledges may be lost, and is ready', async () => {
    const { url } = await startRedis(['--appendonly', 'yes'])
    const { server } = await serve({
      admin: { port: 0 },
      delivery: { engine: 'redis', redis: { url, durability: 'relaxed' } },
    })
    const response = await fetch(new URL('/readyz', server.adminUrl))
    expect(response.status).to.equal(200)
    expect(await response.json()).to.include({ ready: true, durability: 'relaxed: appendfsync is everysec' })
  })
})
