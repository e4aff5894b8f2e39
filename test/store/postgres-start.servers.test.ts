import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { connecting } from '../harness/servers/postgres-client.ts'
import { describeWithPostgres, startPostgres } from '../harness/servers/postgres.ts'
import { freePort } from '../harness/servers/redis.ts'

interface Refused {
  code: string
  message: string
  hint: string
}

type OpenSettings = Parameters<ReturnType<typeof connecting>['open']>[0]

async function refused(settings: OpenSettings, startMs = 500): Promise<Refused> {
  const opening = connecting({ startMs }).open(settings)
  return opening.then(
    () => expect.fail('was opened'),
    (error: Refused) => error,
  )
}

describeWithPostgres('a PostgreSQL that timhook is to start with', () => {
  for (const name of ['fsync', 'full_page_writes']) {
    it(`is refused without ${name}, and accepted as relaxed`, async () => {
      const { url } = await startPostgres({ settings: [`${name} = off`] })
      const { code, message, hint } = await refused({ url })
      expect([code, message]).to.deep.equal([
        'STORE_NOT_DURABLE',
        `PostgreSQL may lose what it has acknowledged: ${name} is off`,
      ])
      expect(hint).to.contain('postgresql.conf').and.contain('durability: relaxed')
      const { lines, ...to } = connecting()
      const { durability } = await to.open({ url, durability: 'relaxed' })
      expect([durability.mode, durability.faults]).to.deep.equal(['relaxed', [`${name} is off`]])
      expect(lines.join('')).to.contain(`${name} is off`).and.contain('"warn"')
    })
  }

  it('is made to wait for the disk in sessions of timhook, unless it is taken as relaxed', async () => {
    const { url } = await startPostgres({
      settings: ['synchronous_commit = off', "default_transaction_isolation = 'serializable'"],
    })
    const setting = async (settings: Partial<OpenSettings>, name: string): Promise<unknown> => {
      const postgres = await connecting().open({ url, ...settings })
      return (await postgres.query({ name: 'shows', text: `SELECT current_setting('${name}') AS value` }))[0]
    }
    expect(await setting({}, 'synchronous_commit')).to.deep.equal({ value: 'on' })
    expect(await setting({ durability: 'relaxed' }, 'synchronous_commit')).to.deep.equal({ value: 'off' })
    expect(await setting({}, 'transaction_isolation')).to.deep.equal({ value: 'read committed' })
  })

  it('is refused as a standby, and found behind one where both are named', async () => {
    const primary = await startPostgres()
    const standby = await startPostgres({ standbyOf: primary })
    const { code, message, hint } = await refused({ url: standby.url, durability: 'relaxed' })
    expect([code, message]).to.deep.equal([
      'STORE_UNSUITABLE',
      `PostgreSQL at 127.0.0.1:${standby.port} accepts no writes: it is a standby, or read-only`,
    ])
    expect(hint).to.contain('first:5432,second:5432')
    const url = standby.url.replace(/@[^/]*/, `@127.0.0.1:${standby.port},127.0.0.1:${primary.port}`)
    const postgres = await connecting().open({ url })
    expect(await postgres.query({ name: 'port', text: `SELECT inet_server_port() AS port` })).to.deep.equal([
      { port: primary.port },
    ])
  })

  it('is refused while its administrator allows no writes', async () => {
    const server = await startPostgres()
    await server.sql('ALTER DATABASE timhook SET default_transaction_read_only = on')
    expect(await refused({ url: server.url })).to.include({ code: 'STORE_UNSUITABLE' })
  })

  it('is refused by its address if it is not there', async () => {
    const port = await freePort()
    const { code, message } = await refused({ url: `postgres://u:s3cret-pw@127.0.0.1:${port}/db` })
    expect([code, message]).to.deep.equal([
      'STORE_UNREACHABLE',
      `PostgreSQL at 127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
    ])
  })

  it('is waited for a moment, while it starts', async () => {
    const server = await startPostgres()
    await server.kill()
    const { lines, ...to } = connecting({ startMs: 60_000 })
    const opening = to.open({ url: server.url })
    await server.start()
    await (await opening).check()
    expect(lines.filter((line) => line.includes('trying for 60 s'))).to.have.length(1)
  })

  it('gets the password, which is never printed', async () => {
    const access = ['host all strict 127.0.0.1/32 scram-sha-256']
    const server = await startPostgres({ access })
    await server.sql("CREATE ROLE strict LOGIN PASSWORD 's3cret/p@w'; GRANT ALL ON DATABASE timhook TO strict")
    const urlWith = (user: string): string => server.url.replace('timhook@', `${user}@`)
    await (await connecting().open({ url: urlWith('strict:s3cret%2Fp%40w') })).check()
    await (await connecting().open({ url: urlWith('strict'), password: 's3cret/p@w' })).check()
    for (const user of ['strict', 'strict:wr0ng-s3cret', 'nobody:wr0ng-s3cret']) {
      // Trying again would not help, so it does not.
      const error = await refused({ url: urlWith(user) }, 600_000)
      expect(error.code).to.equal('STORE_AUTH_FAILED')
      expect(`${error.message} ${error.hint} ${JSON.stringify(error)}`).not.to.contain('s3cret')
    }
  })

  it('is refused if it lacks the database, or the user lacks rights', async () => {
    const server = await startPostgres()
    expect(await refused({ url: server.url.replace(/timhook$/, 'other') })).to.include({ code: 'STORE_UNSUITABLE' })
    await server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    const latin = await refused({ url: server.url.replace(/timhook$/, 'latin') })
    expect(latin).to.include({ code: 'STORE_UNSUITABLE' })
    expect(latin.message).to.contain('LATIN1')
  })

  it('is reached over TLS', async () => {
    const cwd = await folderWith({})
    const [key, cert] = [join(cwd, 'key.pem'), join(cwd, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
      {
        stdio: 'ignore',
      },
    )
    const read = (file: string): string => readFileSync(file, 'utf8')
    const server = await startPostgres({
      settings: ['ssl = on', "ssl_cert_file = 'server.crt'", "ssl_key_file = 'server.key'"],
      access: ['hostssl all all 127.0.0.1/32 trust', 'hostnossl all all 127.0.0.1/32 reject'],
      files: { 'server.crt': read(cert), 'server.key': read(key) },
    })
    const plain = await refused({ url: server.url })
    expect(plain.code).to.equal('STORE_AUTH_FAILED')
    expect(plain.hint).to.contain('sslmode=require')
    const untrusted = await refused({ url: `${server.url}?sslmode=verify-full` })
    expect(untrusted.message).to.contain('DEPTH_ZERO_SELF_SIGNED_CERT').and.contain('NODE_EXTRA_CA_CERTS')
    const byAddress = await refused({ url: server.url, ssl: { mode: 'verify-full', ca: cert } })
    expect(byAddress.message).to.contain('ERR_TLS_CERT_ALTNAME_INVALID')
    const byName = server.url.replace('127.0.0.1', 'localhost')
    for (const settings of [
      { url: `${server.url}?sslmode=require` },
      { url: server.url, ssl: { mode: 'verify-ca', ca: cert } as const },
      { url: byName, ssl: { mode: 'verify-full', ca: cert } as const },
    ]) {
      const postgres = await connecting().open(settings)
      const text = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
      expect(await postgres.query({ name: 'ssl', text })).to.deep.equal([{ ssl: true }])
    }
    const { url } = await startPostgres()
    expect((await refused({ url: `${url}?sslmode=require` })).message).to.contain('does not speak TLS')
    const missing = await refused({ url, ssl: { mode: 'require', ca: join(cwd, 'no.pem') } })
    expect(missing).to.include({ code: 'CONFIG_INVALID' })
  })
})
