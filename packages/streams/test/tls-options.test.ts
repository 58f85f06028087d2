import {
  createConnection,
  createServer,
  openConnection,
  startServer,
  startTls,
  type TlsClientOptions,
  type TlsServerOptions,
  type Transport,
} from '@tsyncio/streams'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'
import { at, echo, forServer, place } from './tls-fixtures.js'

const open =
  (tls: unknown, where = at(1) as never) =>
  () =>
    openConnection(where, { tls: tls as TlsClientOptions })
const serve = (tls: unknown) => () => startServer(echo, place, { tls: tls as TlsServerOptions })

expectNoLeaks()

describe('the options of TLS', () => {
  it('are true or an object', () => {
    for (const bad of [1, 'yes', null, () => undefined]) {
      expect(open(bad), String(bad)).toThrow(/true or an object/)
    }
    for (const bad of [1, 'yes', null, false]) expect(serve(bad), String(bad)).toThrow(TypeError)
  })

  it('of a server have a certificate', () => {
    for (const bad of [true, {}, { key: forServer.key }]) {
      expect(serve(bad)).toThrow(/A server needs a certificate/)
    }
    expect(() => createServer(() => ({}), place, { tls: {} })).toThrow(TypeError)
  })

  it('of a client have a name, if there is no host', () => {
    for (const where of [{ path: '/tmp/x' }, { port: 1 }, { host: '', port: 1 }]) {
      expect(open(true, where as never)).toThrow(/tls\.serverName/)
      expect(() => createConnection(() => ({}), where, { tls: true })).toThrow(TypeError)
    }
  })

  it('are in tls, not beside it', () => {
    const options = { serverName: 'x', handshakeTimeout: 1, ca: '', ssl: true, requestCert: true }
    for (const [name, value] of Object.entries(options)) {
      expect(() => openConnection(at(1), { [name]: value }), name).toThrow(`${name} is an option`)
      expect(() => startServer(echo, place, { [name]: value }), name).toThrow(TypeError)
    }
  })

  it('are spelled as the others here', () => {
    expect(open({ servername: 'x' })).toThrow('tls.servername is spelled tls.serverName')
    expect(open({ ALPNProtocols: [] })).toThrow('tls.alpnProtocols')
    expect(serve({ ...forServer, SNICallback: echo })).toThrow('tls.sniCallback')
  })

  it('belong to their side', () => {
    expect(open({ requestCert: true })).toThrow('tls.requestCert is not for a client')
    expect(serve({ ...forServer, serverName: 'x' })).toThrow('tls.serverName is not for a server')
  })

  it('have the right types', () => {
    const bad = {
      serverName: 1,
      rejectUnauthorized: 0,
      handshakeTimeout: '1',
      shutdownTimeout: null,
      alpnProtocols: 'h2',
      session: 'x',
      onSession: 1,
      checkServerIdentity: true,
    }
    for (const [name, value] of Object.entries(bad)) {
      expect(open({ [name]: value }), name).toThrow(TypeError)
    }
    for (const [name, value] of Object.entries({ requestCert: 1, sniCallback: {} })) {
      expect(serve({ ...forServer, [name]: value }), name).toThrow(TypeError)
    }
    expect(open({ alpnProtocols: [1] })).toThrow(TypeError)
    for (const value of [0, -1, NaN, Infinity, 2 ** 31]) {
      expect(open({ handshakeTimeout: value }), String(value)).toThrow(RangeError)
      expect(open({ shutdownTimeout: value }), String(value)).toThrow(RangeError)
    }
    for (const name of ['', 'x'.repeat(256)]) {
      expect(open({ alpnProtocols: [name] })).toThrow(RangeError)
    }
  })

  it('have certificates and keys that can be read', () => {
    expect(serve({ ...forServer, key: 'no key' })).toThrow()
    expect(open({ minVersion: 'TLSv9' })).toThrow(TypeError)
  })
})

describe('startTls', () => {
  it('wants a transport that can carry it', () => {
    for (const bad of [undefined, {}, { write: 1, pauseReading: 1 }]) {
      const start = () => startTls(bad as unknown as Transport, {}, { serverName: 'x' })
      expect(start).toThrow(/transport of a connection/)
    }
  })
})
