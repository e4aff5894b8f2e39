import type { HttpOptions } from '../options.ts'
import { namesIn, PLACE } from './template.ts'
import { postJson, valuesAt } from './post.ts'
import {
  type Level,
  LEVELS,
  MEDIA,
  opinion,
  type Opinion,
  type Question,
  type Service,
  ServiceError,
  strictest,
} from './service.ts'

/** A service of any kind: the request from a template, and the place of the verdict in its answer. */
export function createHttp({ url, headers, body, verdict, values, label }: HttpOptions): Service {
  const template = JSON.stringify(body)
  const uses = namesIn(template)
  const levels = new Map(LEVELS.flatMap((level) => (values[level] ?? []).map((value) => [value, level] as const)))

  const read = (answer: unknown): Opinion => {
    const found = valuesAt(answer, verdict)
    const [name] = label === undefined ? [] : valuesAt(answer, label)
    if (found.length === 0) throw new ServiceError('answer', `the answer of the service has nothing at ${verdict}`)
    return strictest(found.map((value) => opinion(levelOf(value, levels), name)))
  }
  return {
    kinds: ['text', ...MEDIA],
    keyOf: (question) =>
      JSON.stringify(['app', 'account', 'group'].map((name) => uses.has(name) && of(question, name))),
    ask: async (question, signal) => read(await postJson(url, headers, filled(template, question), signal)),
  }
}

function levelOf(value: unknown, levels: ReadonlyMap<string, Level>): Level {
  const level = levels.get(String(value))
  if (!level) throw new ServiceError('answer', 'the verdict of the service is none of `values`')
  return level
}

/** The template is JSON text, so inserted values are escaped as in JSON. */
function filled(template: string, question: Question): string {
  return template.replaceAll(PLACE, (_, name: string) => JSON.stringify(of(question, name)).slice(1, -1))
}

function of({ kind, content, app, account, group }: Question, name: string): string {
  const text = kind === 'text' ? content : ''
  const url = kind === 'text' ? '' : content
  return { text, url, kind, app: String(app), account, group }[name] ?? ''
}
