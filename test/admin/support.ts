import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { AdminInput } from '../../config/sections/admin.ts'
import type { ConfigInput } from '../../config/schema/schema.ts'
import { folderWith } from '../harness/cli.ts'
import { serve, type TestServer } from '../harness/server.ts'

export const TOKEN = 'token-of-the-admin'

export interface Answer {
  readonly status: number
  // oxlint-disable-next-line no-explicit-any -- tests look into whatever the API answers
  readonly json: any
  readonly headers: Headers
}

export interface AdminServer extends TestServer {
  readonly admin: string
  /** Every answer is compared with docs/openapi.json. */
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>
  /** With the page's own header and origin. */
  readonly change: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
}

/** A server with an admin listener on a free port, by default with an empty file. */
export async function serveAdmin(
  admin: Exclude<AdminInput, false> = {},
  config: Partial<ConfigInput> = {},
): Promise<AdminServer> {
  const delivery = config.delivery ?? { engine: 'sqlite', sqlite: { file: join(await folderWith({}), 'timhook.db') } }
  const settings = { host: '127.0.0.1', port: 0, ...admin }
  const served = await serve({ ...config, delivery, admin: settings })
  const url = served.server.adminUrl ?? ''
  return { ...served, ...client(url, settings.token) }
}

/** Asks an admin listener, with its token if it has one. */
export function client(admin: string, token?: string): Pick<AdminServer, 'admin' | 'get' | 'change'> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const send = async (path: string, method: 'get' | 'post', init: RequestInit): Promise<Answer> => {
    const response = await fetch(new URL(path, admin), { method, ...init })
    const json: unknown = await response.json()
    mustFit(path, method, response.status, json)
    return { status: response.status, json, headers: response.headers }
  }
  const { origin } = new URL(admin)
  return {
    admin,
    get: (path, headers) => send(path, 'get', { headers: { ...bearer, ...headers } }),
    change: (path, body = {}, headers = {}) =>
      send(path, 'post', {
        headers: { ...bearer, 'timhook-page': '1', origin, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, Content> }>>
  readonly components: object
}
interface Content {
  readonly content: { 'application/json': { schema: { $ref: string } } }
}

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document
const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema({ $id: 'api', components: document.components })
/** The paths of the document, with their methods. */
export const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
)

/** An answer that docs/openapi.json does not know fails the test. */
function mustFit(target: string, method: string, status: number, json: unknown): void {
  const { pathname } = new URL(target, 'http://any')
  const path = Object.keys(document.paths).find((one) =>
    new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  )
  const operation = path === undefined ? undefined : document.paths[path]?.[method]
  if (!operation) return
  const schema = operation.responses[status]?.content['application/json'].schema.$ref
  if (schema === undefined)
    throw new Error(`${method} ${target}: ${status} is not in docs/openapi.json: ${JSON.stringify(json)}`)
  if (ajv.validate({ $ref: `api${schema}` }, json)) return
  throw new Error(`${method} ${target} ${status}: ${ajv.errorsText()}: ${JSON.stringify(json).slice(0, 500)}`)
}
