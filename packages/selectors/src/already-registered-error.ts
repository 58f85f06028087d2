import type { FileDescriptorLike } from './file-descriptor.js'

const brand = Symbol.for('tsyncio.AlreadyRegisteredError')

/** A file descriptor was registered twice, perhaps through two objects: Python's `KeyError`. */
export class AlreadyRegisteredError extends Error {
  static {
    this.prototype.name = 'AlreadyRegisteredError'
  }

  /** Like `instanceof`, also across two copies of this package. */
  static isInstance(value: unknown): value is AlreadyRegisteredError {
    return typeof value === 'object' && value !== null && brand in value
  }

  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_ALREADY_REGISTERED'
  readonly fd: number
  readonly fileobj: FileDescriptorLike

  constructor(fd: number, fileobj: FileDescriptorLike) {
    super(`fd ${fd} is already registered: modify() it, or unregister() it before it is closed`)
    this.fd = fd
    this.fileobj = fileobj
  }
}
