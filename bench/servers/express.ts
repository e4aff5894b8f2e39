import express from 'express'
import { Compile } from 'typebox/schema'
import { bodySchema, handlers, isGenuine, KEEP_ALIVE_MS, OK, tellPort } from './genuine.ts'

const schema = Compile(bodySchema)
const app = express()
app.use(express.json({ limit: '1mb' }))
app.post('/', (request, response) => {
  const parameters = request.query
  if (!isGenuine(parameters)) return void response.status(401).end()
  const body: unknown = request.body
  if (!schema.Check(body)) return void response.status(400).end()
  handlers.get(parameters.CallbackCommand)?.(body)
  return void response.type('application/json').send(OK)
})
const server = app.listen(0, '127.0.0.1', () => tellPort(server.address()))
server.keepAliveTimeout = KEEP_ALIVE_MS
