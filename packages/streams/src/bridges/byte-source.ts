import { toBytes } from '../transports/to-bytes.js'

/** What web streams may call bytes. */
export type ByteSource = ArrayBuffer | ArrayBufferView | string

/** The same memory as bytes; strings are UTF-8. @throws TypeError if it is something else. */
export function bytesOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data) && !(data instanceof Uint8Array)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  }
  return toBytes(data as Uint8Array | string)
}
