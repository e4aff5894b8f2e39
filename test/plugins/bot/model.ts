import type { IncomingMessage, ServerResponse } from 'node:http'

export interface ChatRequest {
  readonly model: string
  readonly messages: { role: string; content: string }[]
  readonly stream: boolean
}

/** Answers one request of `/chat/completions` with server-sent events, one for each part. */
export function answerChat(
  request: IncomingMessage,
  response: ServerResponse,
  partsFor: (request: ChatRequest) => string[],
): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest
    response.setHeader('content-type', 'text/event-stream')
    writeParts(response, partsFor(body))
    response.end('data: {"choices":[{"delta":{}}]}\n\ndata: [DONE]\n\n')
  })
}

export function writeParts(response: ServerResponse, parts: readonly string[]): void {
  for (const content of parts) response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
}
