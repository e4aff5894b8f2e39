import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { Compile } from 'typebox/schema'
import { bodySchema, handlers, isGenuine, KEEP_ALIVE_MS, OK, tellPort } from './genuine.ts'

const schema = Compile(bodySchema)
const app = new Hono()
app.post('/', async (context) => {
  const parameters = context.req.query()
  if (!isGenuine(parameters)) return context.body(null, 401)
  const body: unknown = await context.req.json()
  if (!schema.Check(body)) return context.body(null, 400)
  handlers.get(parameters.CallbackCommand)?.(body)
  return context.body(OK, 200, { 'Content-Type': 'application/json' })
})
const serverOptions = { keepAliveTimeout: KEEP_ALIVE_MS }
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', serverOptions }, tellPort)
