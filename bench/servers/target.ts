import { createServer } from 'node:http'
import { OK, tellPort } from './genuine.ts'

// A service that gets callbacks from forward. It answers all of them, or none with the argument `hang`. Sent `count`,
// it reports how many it has had.
const hangs = process.argv.includes('hang')
let count = 0
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    count++
    if (!hangs) response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': OK.length }).end(OK)
  })
})
process.on('message', () => process.send?.({ count }))
server.listen(0, '127.0.0.1', () => tellPort(server.address()))
