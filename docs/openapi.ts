import { schemas } from './openapi-schemas.ts'

type Json = Readonly<Record<string, unknown>>

interface Path {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly summary: string
  /** Parameters of the URL: `name: description`; a name that ends with `#` is an integer. */
  readonly query?: Readonly<Record<string, string>>
  readonly takes?: string
  readonly answers: string
  /** Statuses besides 200, 400, 401 and 403. */
  readonly also?: readonly number[]
}

const PAGE = { 'limit#': 'The most of a page', 'since#': 'Received from then on', 'until#': 'Received before then' }

const PATHS: readonly Path[] = [
  { method: 'get', path: '/api/session', summary: 'Who looks, and what may be done', answers: 'Session' },
  {
    method: 'post',
    path: '/api/login',
    summary: 'Log in with admin.token',
    takes: 'Login',
    answers: 'Session',
    also: [429],
  },
  { method: 'post', path: '/api/logout', summary: 'End the login', answers: 'Nothing' },
  {
    method: 'get',
    path: '/api/overview',
    summary: 'The state of the server, and the last hour and day',
    answers: 'Overview',
  },
  {
    method: 'get',
    path: '/api/events',
    summary: 'A slice of the stored callbacks, newest first: go on with `place` until `end`',
    query: {
      'app#': 'SdkAppid',
      command: 'A command, or a pattern such as Group.*',
      plugin: 'Callbacks that this plugin gets',
      outcome: 'delivered, done, waiting, dead, kept, reject, drop, failed or refused',
      group: 'A group that the body names',
      account: 'An account that the body names',
      id: 'One callback',
      ...PAGE,
      place: 'As the page before has given it',
    },
    answers: 'Events',
    also: [503],
  },
  {
    method: 'get',
    path: '/api/events/{id}',
    summary: 'All that the store knows of a callback',
    query: { body: '1: with its body, which admin.bodies has to allow; who looked is logged' },
    answers: 'EventDetail',
    also: [404, 503],
  },
  {
    method: 'get',
    path: '/api/dead-letters',
    summary: 'Dead letters, newest first, and how many there are by plugin and reason',
    query: {
      plugin: 'Of this plugin',
      command: 'Of this command, or pattern',
      'limit#': 'The most of a page',
      before: 'Behind this ref',
    },
    answers: 'DeadLetters',
    also: [503],
  },
  ...(['retry', 'drop'] as const).map((kind): Path => ({
    method: 'post',
    path: `/api/dead-letters/${kind}`,
    summary: `${kind === 'retry' ? 'Try again' : 'Delete'}: the named ones, or as many as \`count\` that match`,
    takes: 'DeadLettersRequest',
    answers: 'Counts',
    also: [409, 503],
  })),
  {
    method: 'post',
    path: '/api/replay',
    summary: 'Deliver callbacks to a plugin once more',
    takes: 'ReplayRequest',
    answers: 'Counts',
    also: [404, 503],
  },
  { method: 'get', path: '/api/plugins', summary: 'The plugins of the config', answers: 'Plugins' },
  {
    method: 'post',
    path: '/api/plugins/{id}/pause',
    summary: 'Let its after-callbacks wait',
    takes: 'PauseRequest',
    answers: 'Counts',
    also: [404, 503],
  },
  {
    method: 'post',
    path: '/api/plugins/{id}/resume',
    summary: 'Deliver to it again',
    answers: 'Counts',
    also: [404, 503],
  },
  {
    method: 'get',
    path: '/api/plugins/{id}/view/{command}',
    summary: 'The table of a command with `view: true`. Parameters are the options of the command',
    answers: 'View',
    also: [404, 503],
  },
  {
    method: 'get',
    path: '/api/config',
    summary: 'The config without secrets, and what a reload would change',
    answers: 'Config',
  },
  {
    method: 'post',
    path: '/api/test',
    summary: 'Send a callback to this server, signed and marked as a test; needs admin.write',
    takes: 'TestRequest',
    answers: 'TestResult',
    also: [503],
  },
]

const STATUS: Readonly<Record<number, string>> = {
  400: 'A fault of the request',
  401: 'No access',
  403: 'Not allowed: by the config, or by Host, Origin or the header timhook-page',
  404: 'Not there',
  409: 'There are not as many any more: nothing was done',
  429: 'Too many wrong tokens',
  503: 'The store, or a plugin, does not answer',
}

/** The OpenAPI 3.1 document of the admin listener's API. */
export function openapi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const path of PATHS) paths[path.path] = { ...paths[path.path], [path.method]: operation(path) }
  paths['/api/stream'] = { get: stream() }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Admin API of timhook',
      version,
      description:
        'On the admin listener. Times are milliseconds since 1970. Every POST needs the header `timhook-page: 1` and an `Origin` that fits `Host`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8081' }],
    security: [{ token: [] }, { login: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'admin.token' },
        login: { type: 'apiKey', in: 'cookie', name: 'timhook-session', description: 'Set by /api/login' },
      },
      schemas,
    },
  }
}

function operation({ method, path, summary, query = {}, takes, answers, also = [] }: Path): Json {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...Object.entries(query).map(([name, description]) => ({
      name: name.replace(/#$/, ''),
      in: 'query',
      description,
      schema: { type: name.endsWith('#') ? 'integer' : 'string' },
    })),
    ...(method === 'post' ? [{ name: 'timhook-page', in: 'header', required: true, schema: { const: '1' } }] : []),
  ]
  return {
    summary,
    operationId: `${method}${path
      .replace('/api', '')
      .replaceAll(/[^A-Za-z]+([A-Za-z])/g, (_, letter: string) => letter.toUpperCase())
      .replaceAll(/[^A-Za-z]/g, '')}`,
    ...(parameters.length > 0 && { parameters }),
    ...(takes !== undefined && { requestBody: { required: true, ...content(takes) } }),
    responses: {
      200: { description: 'Done', ...content(answers) },
      ...Object.fromEntries(
        [400, 401, 403, ...also].map((status) => [status, { description: STATUS[status], ...content('Error') }]),
      ),
    },
  }
}

function stream(): Json {
  return {
    summary:
      'What comes: `event: callbacks` (StreamCallbacks) at most 5 times a second, `event: tick` (StreamTick) every 2 s',
    operationId: 'getStream',
    responses: {
      200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      ...Object.fromEntries(
        [401, 403, 503].map((status) => [status, { description: STATUS[status], ...content('Error') }]),
      ),
    },
  }
}

function content(schema: string): Json {
  return { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } }
}
