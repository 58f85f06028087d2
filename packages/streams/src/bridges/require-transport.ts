import { directionsOf } from './directions-of.js'
import type { StreamReader } from '../reading/stream-reader.js'
import type { StreamWriter } from '../transports/stream-writer.js'
import type { ReadTransport, Transport, WriteTransport } from '../transports/transport.js'

const isTwoWay = (transport: ReadTransport | WriteTransport): transport is Transport => {
  const { canRead, canWrite } = directionsOf(transport)
  return canRead && canWrite
}

/** @throws TypeError if the writer is that of a pipe. */
export function requireTwoWay({ transport }: StreamWriter): Transport {
  if (isTwoWay(transport)) return transport
  throw new TypeError(
    'Expected both sides of a connection; a pipe has but one, for asReadable or asWritable.',
  )
}

/** @throws TypeError if the reader is fed by hand, or is one side of a connection. */
export function requireReadOnly({ transport }: StreamReader): ReadTransport {
  if (transport === undefined)
    throw new TypeError('Expected the reader of a pipe; this one is fed by hand.')
  if (!isTwoWay(transport)) return transport
  throw new TypeError(
    'Expected the reader of a pipe; a connection has a writer too, for asDuplex or asWebStreams.',
  )
}

/** @throws TypeError if the writer is one side of a connection. */
export function requireWriteOnly({ transport }: StreamWriter): WriteTransport {
  if (!isTwoWay(transport)) return transport
  throw new TypeError(
    'Expected the writer of a pipe; a connection has a reader too, for asDuplex or asWebStreams.',
  )
}
