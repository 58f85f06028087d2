import { asDuplex, OSError, startServer, type Gen, type Server } from 'tsyncio'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import type { ProcessStatus } from './process-status.js'
import { statusPage } from './status-page.js'
import { UserError } from './user-error.js'

type Answer = readonly [code: number, type: string, body: string]

// A page elsewhere whose name is made to lead here must not read what runs on this machine.
const ownNames = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/

function answer(
  { method = '', url = '', headers }: IncomingMessage,
  statuses: ProcessStatus[],
): Answer {
  if (!ownNames.test(headers.host ?? '')) return [403, 'text/plain', 'Not under this name.\n']
  if (method !== 'GET' && method !== 'HEAD') return [405, 'text/plain', 'Only to be read.\n']
  const [path] = url.split('?')
  if (path === '/') return [200, 'text/html; charset=utf-8', statusPage(statuses)]
  if (path === '/api/processes') {
    return [200, 'application/json', `${JSON.stringify({ processes: statuses })}\n`]
  }
  return [404, 'text/plain', 'There are / and /api/processes.\n']
}

function respond(response: ServerResponse, [code, type, body]: Answer): void {
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(body)
}

/**
 * Serves the status page at `/` and the same as JSON at `/api/processes`, on 127.0.0.1.
 * Node parses HTTP; the listening and the connections are tsyncio's.
 *
 * @throws UserError if it cannot listen at the port.
 */
export function* serveStatus(port: number, statuses: () => ProcessStatus[]): Gen<Server> {
  const http = createServer((request, response) => respond(response, answer(request, statuses())))
  try {
    return yield* startServer(
      (reader, writer) => void http.emit('connection', asDuplex({ reader, writer })),
      { host: '127.0.0.1', port },
    )
  } catch (error) {
    if (!(error instanceof OSError)) throw error
    const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.code
    throw new UserError(`cannot serve the status page on port ${port}: ${reason}`)
  }
}
