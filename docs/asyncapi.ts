import { commands } from '../core/protocol/commands.ts'
import type { BeforeDefinition, Definition } from '../core/protocol/define.ts'
import { linksOf } from '../core/protocol/links.ts'

type Json = Readonly<Record<string, unknown>>

const CHANNEL = '#/channels/webhook'
const answerOf = (command: string): string => `${command}.answer`

/** The AsyncAPI 3.0.0 document: one channel, and per callback a message and the operation that receives it. */
export function asyncapi(version: string): Json {
  const all = [...commands.values()]
  const categories = [...new Set(all.map(({ command }) => categoryOf(command)))]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Webhooks of Tencent Cloud IM / Chat',
      version,
      description: 'Third-party callbacks as timhook receives and answers them. Integers may come as digit strings.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: categories.map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    channels: {
      webhook: {
        address: '/',
        title: 'The callback URL',
        description: 'The URL that the console holds. Its parameters name app and callback; the body is the message.',
        messages: Object.fromEntries(all.flatMap(messages)),
      },
    },
    operations: Object.fromEntries(all.map((definition) => [definition.command, operation(definition)])),
  }
}

function messages(definition: Definition): [string, Json][] {
  const { command, title, docs, sample, phase } = definition
  const [page] = linksOf(docs)
  const request = {
    name: command,
    title: title.en,
    summary: title.zh,
    tags: [{ name: categoryOf(command) }],
    ...(page && { externalDocs: { url: page.url } }),
    payload: { $ref: `./schemas/${command}.json` },
    examples: [{ name: 'sample', payload: sample }],
  }
  if (phase === 'after') return [[command, request]]
  const answer = { name: answerOf(command), title: `Answer to ${command}`, tags: request.tags }
  const payload = { $ref: `./schemas/${answerOf(command)}.json` }
  return [
    [command, request],
    [answerOf(command), { ...answer, payload }],
  ]
}

function operation(definition: Definition): Json {
  const { command, title } = definition
  return {
    action: 'receive',
    channel: { $ref: CHANNEL },
    title: title.en,
    summary: title.zh,
    ...(definition.phase === 'before' && { description: withoutAnswer(definition) }),
    tags: [{ name: categoryOf(command) }],
    bindings: { http: { method: 'POST', query: query(command), bindingVersion: '0.3.0' } },
    messages: [{ $ref: `${CHANNEL}/messages/${command}` }],
    ...(definition.phase === 'before' && {
      reply: { channel: { $ref: CHANNEL }, messages: [{ $ref: `${CHANNEL}/messages/${answerOf(command)}` }] },
    }),
  }
}

function withoutAnswer({ onFailure }: BeforeDefinition): string {
  const done = { allow: 'goes ahead', reject: 'is blocked' }[onFailure]
  return `Tencent waits 2 seconds for the answer. Without one the event ${done}, unless the console says otherwise.`
}

/** The parameters of the URL (intl 34354). More may come, in any order. */
function query(command: string): Json {
  const text = (description: string): Json => ({ type: 'string', description })
  return {
    type: 'object',
    required: ['SdkAppid', 'CallbackCommand'],
    properties: {
      SdkAppid: text('The app'),
      CallbackCommand: { type: 'string', const: command, description: 'The callback' },
      contenttype: text('json'),
      ClientIP: text("Address of the user's client"),
      OptPlatform: text('Platform of the client, such as RESTAPI, Web, Android, iOS'),
      Sign: text('SHA-256 of token and RequestTime in hexadecimal, where the console has authentication switched on'),
      RequestTime: text('When it was signed, seconds since 1970'),
    },
  }
}

function categoryOf(command: string): string {
  return command.split('.')[0] ?? command
}
