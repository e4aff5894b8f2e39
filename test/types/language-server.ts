import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stopAfterTest } from '../harness/hooks.ts'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: unknown
}

/** The language server of the project's compiler, which editors start: it returns what they show of a place in a file. */
export interface LanguageServer {
  /** @param at the offset in the file's text */
  readonly hover: (at: number) => Promise<string>
}

/** Opens a file in a language server, which ends with the test. */
export async function openInLanguageServer(file: string): Promise<LanguageServer> {
  const child = spawn(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '--lsp', '--stdio'])
  stopAfterTest(async () => void child.kill())
  const waiting = new Map<number, (result: unknown) => void>()
  let unread = Buffer.alloc(0)
  let n = 0
  const write = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  const request = (method: string, params: object): Promise<unknown> =>
    new Promise((settle) => {
      waiting.set(++n, settle)
      write({ id: n, method, params })
    })
  const take = ({ id, method, result }: Message): void => {
    if (id === undefined) return
    // What it asks of an editor, such as its settings, is answered with nothing.
    if (method === undefined) waiting.get(id)?.(result)
    else write({ id, result: null })
  }
  child.stdout.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk])
    for (;;) {
      const head = unread.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/i.exec(unread.toString('latin1', 0, Math.max(head, 0)))?.[1])
      if (head < 0 || unread.length < head + 4 + length) return
      const body = unread.subarray(head + 4, head + 4 + length).toString()
      unread = unread.subarray(head + 4 + length)
      take(JSON.parse(body) as Message)
    }
  })
  const uri = pathToFileURL(file).href
  const text = await readFile(file, 'utf8')
  const capabilities = { textDocument: { hover: { contentFormat: ['markdown'] } } }
  await request('initialize', { processId: process.pid, rootUri: null, capabilities })
  write({ method: 'initialized', params: {} })
  const textDocument = { uri, languageId: 'typescript', version: 1, text }
  write({ method: 'textDocument/didOpen', params: { textDocument } })
  return {
    async hover(at) {
      const before = text.slice(0, at).split('\n')
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
      const found = (await request('textDocument/hover', { textDocument: { uri }, position })) as {
        readonly contents?: { readonly value?: string }
      } | null
      return found?.contents?.value ?? ''
    },
  }
}
