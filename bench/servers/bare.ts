import { createServer } from 'node:http'
import { KEEP_ALIVE_MS, OK, tellPort } from './genuine.ts'

// The baseline: read the body, parse it, answer. It checks nothing and calls no handler.
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString())
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': OK.length })
    response.end(OK)
  })
})
server.keepAliveTimeout = KEEP_ALIVE_MS
server.listen(0, '127.0.0.1', () => tellPort(server.address()))
