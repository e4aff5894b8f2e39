import type { Options } from '../options.ts'
import type { Said } from '../talk/talk.ts'

/** Why the model gave no answer. Contains nothing of the conversation. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
}

const MAX_LINE = 1024 * 1024

/** The answer of the model, in parts as they arrive. @throws ModelError */
export async function* complete(
  { url, apiKey, model, system, request }: Options,
  said: readonly Said[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  const messages = [{ role: 'system', content: system }, ...said]
  const body = JSON.stringify({ model, messages, stream: true, ...request })
  const response = await send(`${url.replace(/\/+$/, '')}/chat/completions`, apiKey, body, signal)
  if (!response.headers.get('content-type')?.includes('event-stream')) {
    // Some endpoints cannot stream, and answer at once.
    const whole = textAt(await parse(response), 'message')
    if (whole === undefined) throw new ModelError('the model gave no text')
    yield whole
    return
  }
  for await (const data of eventsOf(response)) {
    if (data === '[DONE]') return
    const part = textAt(parseJson(data), 'delta')
    if (part) yield part
  }
  throw new ModelError('the answer of the model broke off')
}

/** Posts JSON. Follows no redirect, since the headers hold a secret. */
export async function send(
  url: string,
  apiKey: string | undefined,
  body: string,
  signal: AbortSignal,
): Promise<Response> {
  const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  let response: Response
  try {
    const headers = { 'content-type': 'application/json', ...authorization }
    response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
  } catch (error) {
    throw noAnswer(error)
  }
  if (response.ok) return response
  await response.body?.cancel().catch(() => undefined)
  throw new ModelError(`the model answered HTTP ${response.status}`)
}

/** The JSON of an answer. */
export async function parse(response: Response): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw noAnswer(error)
  })
  return parseJson(text)
}

/** The data of server-sent events. */
async function* eventsOf({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true })
      if (rest.length > MAX_LINE) throw new ModelError('the answer of the model has too long a line')
      const lines = rest.split(/\r?\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim()
    }
  } catch (error) {
    throw error instanceof ModelError ? error : noAnswer(error)
  }
}

function textAt(answer: unknown, name: 'message' | 'delta'): string | undefined {
  const { choices } = (answer ?? {}) as { choices?: { message?: Part; delta?: Part }[] }
  const content = Array.isArray(choices) ? choices[0]?.[name]?.content : undefined
  return typeof content === 'string' ? content : undefined
}

interface Part {
  readonly content?: unknown
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ModelError('the answer of the model is not JSON')
  }
}

/** The error itself may contain the URL, and with it a key. */
function noAnswer(error: unknown): ModelError {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: unknown }
  return new ModelError(`the model gave no answer (${String(cause?.code ?? name)})`)
}
