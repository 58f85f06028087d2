import { asDuplex, ClientSocket, startServer, type Place } from '@tsyncio/streams'
import { run } from '@tsyncio/tasks'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, request, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'

import { mebibytes10, sha256 } from '../connected.js'
import { expectNoLeaks } from '../no-leaks.js'
import { freePort, runProgram, withDaemon, withDirectory } from './daemon.js'

const host = '127.0.0.1'

const curl = async (...args: string[]) => {
  const options = { encoding: 'buffer', maxBuffer: 2 ** 26 } as const
  return (await promisify(execFile)('curl', ['-sS', ...args], options)).stdout
}

async function withWeb(
  listener: RequestListener,
  place: Place,
  body: (port: number) => Promise<void>,
  web = createServer(listener),
): Promise<void> {
  await run(async () => {
    await using server = await startServer(
      (reader, writer) => web.emit('connection', asDuplex({ reader, writer })),
      place,
    )
    try {
      await body(server.port)
    } finally {
      server.close()
      server.abortClients()
    }
  })
}

/** An nginx that does what the `server` block says. */
async function withNginx(
  block: (directory: string) => string,
  body: (port: number, directory: string) => Promise<void>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const port = await freePort()
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${directory}/${name};`)
      .join(' ')
    const configuration = `
      daemon off; worker_processes 1; pid ${directory}/pid; error_log stderr warn;
      events { worker_connections 256; }
      http {
        access_log off; client_max_body_size 100m; ${temporary}
        upstream ours { server unix:${directory}/ours; keepalive 4; }
        server { listen ${host}:${port}; ${block(directory)} }
      }`
    const file = join(directory, 'nginx.conf')
    writeFileSync(file, configuration)
    const command = ['nginx', '-e', 'stderr', '-p', directory, '-c', file] as const
    await withDaemon(command, { port, directory, stopSignal: 'SIGQUIT' }, () =>
      body(port, directory),
    )
  })
}

const echo: RequestListener = (incoming, response) => void incoming.pipe(response)

expectNoLeaks()

describe('nginx', () => {
  it('is a proxy before an http.Server on our transport', { timeout: 30_000 }, async () => {
    const proxy = () => `location / {
      proxy_pass http://ours; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_request_buffering off; proxy_buffering off;
    }`
    await withNginx(proxy, async (port, directory) => {
      const path = join(directory, 'ours')
      const sockets = new Set<unknown>()
      const listener: RequestListener = (incoming, response) => {
        sockets.add(incoming.socket)
        // nginx does not read an answer before it has sent the whole request.
        void buffer(incoming).then((body) => response.end(body))
      }
      await withWeb(listener, { path }, async () => {
        chmodSync(path, 0o777)
        const sent = join(directory, 'sent')
        writeFileSync(sent, mebibytes10)
        const url = `http://${host}:${port}/`
        const answer = await curl('--data-binary', `@${sent}`, url)
        expect(sha256(answer)).toBe(sha256(mebibytes10))
        for (let i = 0; i < 20; i++) expect(String(await curl('-d', `${i}`, url))).toBe(`${i}`)
        expect(sockets.size).toBeLessThan(21)
      })
    })
  })

  it('is asked by http.request over our sockets', { timeout: 30_000 }, async () => {
    await withNginx(
      (directory) => `root ${directory}/www; location = /teapot { return 418 "short and stout"; }`,
      async (port, directory) => {
        await runProgram('mkdir', ['www'], directory)
        writeFileSync(join(directory, 'www', 'file'), mebibytes10, { mode: 0o644 })
        const forward: RequestListener = ({ url: path, method }, response) => {
          const createConnection = () => new ClientSocket().connect(port, host) as never
          request({ path, method, createConnection }, (answer) => {
            response.writeHead(answer.statusCode!, answer.headers)
            answer.pipe(response)
          }).end()
        }
        await withWeb(forward, { host, port: 0 }, async (ours) => {
          const url = `http://${host}:${ours}`
          expect(sha256(await curl(`${url}/file`))).toBe(sha256(mebibytes10))
          expect(String(await curl('-i', `${url}/teapot`))).toMatch(/418 [^]*short and stout$/)
          expect(String(await curl('-I', `${url}/file`))).toContain('ontent-length: 10485760')
          expect(String(await curl('-i', `${url}/nothing`))).toContain('404 Not Found')
        })
      },
    )
  })
})

describe('an http.Server on our transport', () => {
  it('stands wrk', { timeout: 30_000 }, async () => {
    let served = 0
    const listener: RequestListener = (_incoming, response) => {
      served++
      response.end('hello'.repeat(100))
    }
    await withWeb(listener, { host, port: 0 }, async (port) => {
      const said = await runProgram('wrk', ['-t1', '-c32', '-d1s', `http://${host}:${port}/`])
      expect(said).toContain('Requests/sec')
      expect(said).not.toMatch(/Socket errors|Non-2xx/)
      expect(served).toBeGreaterThan(32)
    })
  })

  it(
    'serves a page, what its script fetches, and a WebSocket, to Chromium',
    {
      timeout: 60_000,
    },
    async () => {
      const page = `<!doctype html><title>.</title><p id="said"></p><script>
      const body = new Uint8Array(3_000_000).map((_, i) => i % 251)
      const sum = (bytes) => bytes.reduce((all, byte) => (all * 31 + byte) % 65_521, 0)
      const spoken = new Promise((resolve, reject) => {
        const socket = new WebSocket('ws://' + location.host)
        socket.onopen = () => socket.send('from a page')
        socket.onmessage = ({ data }) => resolve(data)
        socket.onerror = reject
      })
      const fetched = fetch('/echo', { method: 'POST', body })
        .then((answer) => answer.arrayBuffer())
        .then((buffer) => sum(body) === sum(new Uint8Array(buffer)) && buffer.byteLength)
      Promise.all([fetched, spoken]).then(
        (all) => { said.textContent = 'said: ' + all.join(', ') },
        (error) => { said.textContent = String(error) },
      ).then(() => fetch('/done', { method: 'POST' }))
    </script>`
      const web = createServer((incoming, response) => {
        if (incoming.url === '/echo' || incoming.url === '/done') return echo(incoming, response)
        response.setHeader('content-type', 'text/html').end(page)
      })
      const webSockets = new WebSocketServer({ server: web })
      webSockets.on('connection', (socket) =>
        socket.on('message', (data) => socket.send(data, { binary: false })),
      )
      await withWeb(
        echo,
        { host, port: 0 },
        (port) =>
          withDirectory(async (directory) => {
            const flags = [
              '--headless=new',
              '--no-sandbox',
              '--disable-gpu',
              '--disable-dev-shm-usage',
              '--disable-background-networking',
              '--no-first-run',
              `--user-data-dir=${directory}/profile`,
              '--virtual-time-budget=20000',
              '--dump-dom',
            ]
            const said = await runProgram(
              'env',
              [`HOME=${directory}`, 'chromium', ...flags, `http://${host}:${port}/`],
              directory,
            )
            expect(said).toContain('said: 3000000, from a page')
          }),
        web,
      )
      webSockets.close()
      await once(web.close(), 'close')
    },
  )
})
