import { asDuplex, startServer } from '@tsyncio/streams'
import { run } from '@tsyncio/tasks'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const curl = async (...args: string[]) =>
  (await promisify(execFile)('curl', ['-sS', ...args], { maxBuffer: 2 ** 26 })).stdout

describe('curl and an http.Server on our connections', () => {
  it('talk over TCP and over a Unix socket, with bodies both ways', async () => {
    const web = createServer((request, response) => {
      response.setHeader('x-method', request.method!)
      request.pipe(response)
    })
    await run(async () => {
      for (const place of [
        { host: '127.0.0.1', port: 0 },
        { path: `/tmp/tsyncio-curl-${process.pid}` },
      ]) {
        await using server = await startServer(
          (reader, writer) => web.emit('connection', asDuplex({ reader, writer })),
          place,
        )
        const where =
          'path' in place
            ? ['--unix-socket', place.path, 'http://unix/']
            : [`http://127.0.0.1:${server.port}/`]
        const body = 'x'.repeat(300_000)
        expect(await curl('--data', body.slice(0, 100_000), ...where)).toBe(body.slice(0, 100_000))
        expect(await curl('-i', '-X', 'DELETE', ...where)).toContain('x-method: DELETE')
        expect(await curl('-H', 'Expect: 100-continue', '--data', 'small', ...where)).toBe('small')
        server.close()
        server.closeClients()
      }
    })
  })
})
