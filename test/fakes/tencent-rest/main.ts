// By hand: node dist/test/fakes/tencent-rest/main.js --port 9000
import { parseArgs } from 'node:util'
import { startFake } from './fake.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const fake = await startFake({
  port: Number(values.port),
  onCallback: (command, body) => process.stdout.write(`callback ${command} ${JSON.stringify(body)}\n`),
})
const groups = [...fake.world.groups.values()].map(
  ({ id, type, members, cap }) => `  ${id}  ${type}, ${members.size} of ${cap} members`,
)
process.stdout.write(`Tencent's REST API, a local fake: ${fake.url}
In the config, under an app with sdkAppId ${fake.sdkAppId}:
  rest: { baseUrl: '${fake.url}', identifier: ${fake.identifier}, secretKey: ${fake.secretKey} }
Groups, whose members are named as in public-0, public-1, …:
${groups.join('\n')}
`)
