import { describeWithMariadb, type MariadbServer, startMariadb } from '../../harness/servers/mariadb.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from '../../harness/servers/postgres.ts'
import { describeBadInput } from './bad-input-contract.ts'
import { describeGroups } from './groups-contract.ts'
import { describeMessages } from './messages-contract.ts'
import { describeOutage } from './outage-contract.ts'
import { describeRandomRun } from './random-contract.ts'
import { describeSearch } from './search-contract.ts'
import { sqliteUrl } from './support.ts'

const EVENTS = 10_000

const describeAll = (name: string, newUrl: () => Promise<string>): void => {
  describeMessages(name, newUrl)
  describeGroups(name, newUrl)
  describeSearch(name, newUrl)
  describeBadInput(name, newUrl)
  describeRandomRun(name, newUrl, EVENTS)
}

describeRandomRun('sqlite, many events', sqliteUrl, EVENTS)

describeWithPostgres('archive in PostgreSQL', () => {
  const stops: (() => Promise<void>)[] = []
  let server: PostgresServer
  let count = 0
  before(
    async () =>
      (server = await startPostgres(
        { access: ['host all careful 127.0.0.1/32 scram-sha-256'] },
        (stop) => void stops.push(stop),
      )),
  )
  after(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  const newUrl = async (): Promise<string> => {
    const name = `archive_${count++}`
    await server.sql(`create database ${name}`)
    return server.url.replace(/timhook$/, name)
  }
  describeAll('postgres', newUrl)
  describeOutage('postgres', () => ({
    server,
    newUrl,
    async wrongPassword() {
      await server.sql("create user careful password 'right'")
      return server.url.replace('timhook@', 'careful:hunter2@')
    },
  }))
})

describeWithMariadb('archive in MariaDB', () => {
  const stops: (() => Promise<void>)[] = []
  let server: MariadbServer
  before(async () => (server = await startMariadb([], (stop) => void stops.push(stop))))
  after(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  const newUrl = (): Promise<string> => server.database()
  describeAll('mysql', newUrl)
  describeOutage('mysql', () => ({
    server,
    newUrl,
    async wrongPassword() {
      await server.sql("create user careful@'127.0.0.1' identified by 'right'")
      return `mysql://careful:hunter2@127.0.0.1:${server.port}/archive_0`
    },
  }))
})
