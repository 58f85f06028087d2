import type { FileDescriptorLike } from './file-descriptor.js'

const brand = Symbol.for('tsyncio.NotRegisteredError')

/** A file object was named that this selector or poll object does not know: Python's `KeyError`. */
export class NotRegisteredError extends Error {
  static {
    this.prototype.name = 'NotRegisteredError'
  }

  /** Like `instanceof`, also across two copies of this package. */
  static isInstance(value: unknown): value is NotRegisteredError {
    return typeof value === 'object' && value !== null && brand in value
  }

  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_NOT_REGISTERED'
  readonly fd: number
  readonly fileobj: FileDescriptorLike

  constructor(fd: number, fileobj: FileDescriptorLike = fd) {
    super(`fd ${fd} is not registered: register() it first`)
    this.fd = fd
    this.fileobj = fileobj
  }
}
