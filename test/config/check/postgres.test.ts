import { expect } from 'chai'
import { configOf, faultsOf, MINIMAL, read } from '../support.ts'

const faultsOfPostgres = (postgres: string, engine = 'postgres'): Promise<string[]> =>
  faultsOf(`${MINIMAL}delivery: { engine: ${engine}, postgres: ${postgres} }`)

describe('config: the engine postgres', () => {
  it('takes a URL as libpq does, with several hosts, a socket, or TLS', async () => {
    for (const url of [
      'postgres://127.0.0.1/db',
      'postgresql://user:p%40ss@h:5433/db?sslmode=verify-full',
      'postgres://user@a:5432,[::1]:5433,c/db',
      'postgres://user@/db?host=/var/run/postgresql',
    ]) {
      expect(await faultsOfPostgres(`{ url: '${url}' }`), url).to.deep.equal([])
    }
    const { delivery } = await configOf(
      `${MINIMAL}delivery: { engine: postgres, postgres: { url: 'postgres://h', password: pass, ssl: { ca: a.pem } } }`,
    )
    expect(delivery.postgres).to.deep.equal({
      url: 'postgres://h',
      password: 'pass',
      schema: 'timhook',
      ssl: { mode: 'verify-full', ca: 'a.pem' },
      durability: 'strict',
    })
  })

  it('needs its settings, which may stand there before it is chosen', async () => {
    expect(await faultsOf(`${MINIMAL}delivery: { engine: postgres }`)).to.deep.equal([
      "c.yaml:2:21 delivery.engine: needs delivery.postgres: expected next to it, such as postgres: { url: 'postgres://timhook@127.0.0.1/timhook' }",
    ])
    expect(await faultsOfPostgres(`{ url: 'postgres://h' }`, 'sqlite')).to.deep.equal([])
  })

  const cases: [postgres: string, fault: string][] = [
    ['{}', 'delivery.postgres.url'],
    ["{ url: 'mysql://h' }", 'delivery.postgres.url: expected a URL such as postgres://'],
    ["{ url: 'postgres://h:99999/d' }", 'delivery.postgres.url: expected hosts as host:port, separated by commas'],
    ["{ url: 'postgres://u:p@w@h/d' }", 'delivery.postgres.url: expected a URL such as'],
    ["{ url: 'postgres://u:a%zz@h' }", 'delivery.postgres.url: expected special characters of user and password'],
    ["{ url: 'postgres://h/d?sslmode=prefer' }", 'delivery.postgres.url: expected sslmode to be disable, require,'],
    ["{ url: 'postgres://h/d?options=-c' }", 'delivery.postgres.url: expected no parameters but sslmode and host'],
    ["{ url: 'postgres://u:p@h', password: other }", 'delivery.postgres.password: contradicts url'],
    ["{ url: 'postgres://h?sslmode=require', ssl: {} }", 'delivery.postgres.ssl: contradicts sslmode in url'],
    ["{ url: 'postgres://h', ssl: { cert: a } }", 'delivery.postgres.ssl: expected key together with cert'],
    ["{ url: 'postgres://h', ssl: { key: a } }", 'delivery.postgres.ssl: expected cert together with key'],
  ]
  for (const [postgres, fault] of cases) {
    it(`refuses ${postgres}`, async () => {
      const faults = await faultsOfPostgres(postgres)
      expect(faults).to.have.length(1)
      expect(faults[0]).to.include(fault)
    })
  }

  it('keeps its passwords out of what is printed', async () => {
    for (const postgres of [
      "{ url: 'postgres://u:s3cret-a@h', durability: no }",
      "{ url: 'postgres://u:s3cret-a/b@h' }",
      "{ url: 'postgres://u:s3cret-a@h1,h2?x=1' }",
      "{ url: 'postgres://h', password: s3cret-a, durability: s3cret-a }",
    ]) {
      const reading = await read(`${MINIMAL}delivery: { engine: postgres, postgres: ${postgres} }`)
      expect(reading.faults, postgres).not.to.deep.equal([])
      expect(JSON.stringify(reading.faults), postgres).not.to.include('s3cret-a')
    }
  })
})
