import { createAdaptorServer } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { streamText } from 'hono/streaming'
import type { Server } from 'node:http'

/** A server of hono's that listens nowhere. */
export function serve(): Server {
  const app = new Hono()
  app.get('/hello/:name', (context) => context.text(`hello, ${context.req.param('name')}`))
  app.get('/who', (context) => context.text(getConnInfo(context).remote.address ?? 'nobody'))
  app.get('/stream', (context) =>
    streamText(context, async (stream) => {
      for (let i = 0; i < 5; i++) await stream.write(`${i} `)
    }),
  )
  app.post('/length', async (context) =>
    context.text(String((await context.req.arrayBuffer()).byteLength)),
  )
  return createAdaptorServer(app) as Server
}
