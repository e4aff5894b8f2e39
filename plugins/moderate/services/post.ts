import { ServiceError } from './service.ts'

/** The most of an answer that is read, bytes. */
const MAX_ANSWER = 256 * 1024

/**
 * Posts JSON and returns the JSON of the answer. Follows no redirect, since the headers hold secrets.
 * @throws ServiceError
 */
export async function postJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<unknown> {
  let text: string
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body,
      redirect: 'manual',
      signal,
    })
    text = await readText(response)
    if (!response.ok) throw new ServiceError('refused', `the service answered HTTP ${response.status}`, wait(response))
  } catch (error) {
    if (error instanceof ServiceError) throw error
    // The error itself may contain the URL, and with it a key.
    const { cause, name } = error as { cause?: { code?: unknown }; name?: unknown }
    throw new ServiceError('unreachable', `the service gave no answer (${String(cause?.code ?? name)})`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new ServiceError('answer', 'the answer of the service is not JSON')
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array
    length += bytes.length
    if (length > MAX_ANSWER) throw new ServiceError('answer', `the answer of the service is over ${MAX_ANSWER} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function wait({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) * 1000 : undefined
}

/** A value within an answer: `a.0.b`. With `*` every element of a list. */
export function valuesAt(answer: unknown, path: string): unknown[] {
  let found: unknown[] = [answer]
  for (const key of path.split('.')) {
    found = found.flatMap((value): unknown[] => {
      if (typeof value !== 'object' || value === null) return []
      if (key === '*') return Object.values(value)
      return Object.hasOwn(value, key) ? [(value as Record<string, unknown>)[key]] : []
    })
  }
  return found
}
