import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve as serveHono } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { Dispatcher } from '../../core/index.ts'
import { stopAfterTest } from '../harness/hooks.ts'

/** How a body is treated before timhook gets the request. */
export type Before = 'nothing' | 'parsed' | 'text' | 'lost'

/** A server of a framework with the dispatcher at `/im` and an answer of its own, `mine`, elsewhere. */
export interface Framework {
  readonly name: string
  readonly before: readonly Before[]
  readonly start: (dispatcher: Dispatcher, before: Before) => Promise<string>
}

export const frameworks: readonly Framework[] = [
  {
    name: 'node:http',
    before: ['nothing', 'text', 'lost'],
    async start(dispatcher, before) {
      return listen((request, response) => {
        const run = async (): Promise<void> => {
          if (before === 'text') Object.assign(request, { rawBody: Buffer.concat(await request.toArray()) })
          if (before === 'lost') await request.toArray()
          if (!(await dispatcher.handle(request, response))) response.end('mine')
        }
        void run()
      })
    },
  },
  {
    name: 'Koa 3',
    before: ['nothing', 'parsed', 'lost'],
    async start(dispatcher, before) {
      const app = new Koa()
      if (before === 'parsed') app.use(bodyParser({ detectJSON: () => true }))
      app.use(async (ctx, next) => {
        if (before === 'lost') await ctx.req.toArray()
        await next()
      })
      app.use(dispatcher.middleware())
      app.use((ctx) => void (ctx.body = 'mine'))
      const handle = app.callback()
      return listen((request, response) => void handle(request, response))
    },
  },
  {
    name: 'Express 5',
    before: ['nothing', 'parsed', 'text', 'lost'],
    async start(dispatcher, before) {
      const app = express()
      if (before === 'parsed') app.use(express.json({ type: () => true }))
      if (before === 'text') app.use(express.text({ type: () => true }))
      if (before === 'lost') app.use((request, _response, next) => void request.toArray().then(() => next(), next))
      app.use((request, response, next) => {
        dispatcher.handle(request, response).then((isOurs) => isOurs || next(), next)
      })
      app.use((_request, response) => void response.send('mine'))
      return listen(app)
    },
  },
  {
    name: 'an Express 5 router at the path',
    before: ['nothing', 'parsed'],
    async start(dispatcher, before) {
      const app = express()
      if (before === 'parsed') app.use(express.json({ type: () => true }))
      app.use('/im', (request, response) => void dispatcher.handle(request, response))
      app.use((_request, response) => void response.send('mine'))
      return listen(app)
    },
  },
  {
    name: 'Fastify 5',
    before: ['parsed', 'text'],
    async start(dispatcher, before) {
      const app = Fastify()
      const parse = before === 'text' ? 'string' : 'buffer'
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', { parseAs: parse }, (_request, body, done) => {
        done(null, before === 'text' ? body : (JSON.parse(body.toString()) as unknown))
      })
      app.all('/im', (request, reply) => dispatcher.handle(request, reply))
      app.all('/other', () => 'mine')
      stopAfterTest(() => app.close())
      return app.listen({ port: 0, host: '127.0.0.1' })
    },
  },
  {
    name: 'Hono',
    before: ['nothing', 'lost'],
    async start(dispatcher, before) {
      const app = new Hono()
      app.all('/im', async (context) => {
        if (before === 'lost') await context.req.text()
        return dispatcher.fetch(context.req.raw)
      })
      app.all('/other', (context) => context.text('mine'))
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
      await once(server, 'listening')
      stopAfterTest(async () => void server.close())
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
  },
]

async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
