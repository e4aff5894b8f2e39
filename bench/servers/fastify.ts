import { fastify } from 'fastify'
import { bodySchema, handlers, isGenuine, KEEP_ALIVE_MS, OK, tellPort } from './genuine.ts'

const app = fastify({ keepAliveTimeout: KEEP_ALIVE_MS })
const query = { type: 'object', required: ['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime'] }
app.post('/', { schema: { querystring: query, body: bodySchema } }, (request, reply) => {
  const parameters = request.query as Record<string, unknown>
  if (!isGenuine(parameters)) return reply.code(401).send()
  handlers.get(parameters.CallbackCommand)?.(request.body)
  return reply.type('application/json').send(OK)
})
await app.listen({ port: 0, host: '127.0.0.1' })
tellPort(app.server.address())
