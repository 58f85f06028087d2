import type { FileDescriptorLike } from './file-descriptor.js'

/**
 * What a selector knows of one registered file object. Immutable: modifying a
 * registration makes a new key.
 */
export class SelectorKey<Data = unknown> {
  /** The object that was registered. */
  readonly fileobj: FileDescriptorLike
  /** Its file descriptor at that time. */
  readonly fd: number
  /** The interest: `EVENT_READ`, `EVENT_WRITE` or both. */
  readonly events: number
  /** What the registering side attached. */
  readonly data: Data | undefined

  constructor(fileobj: FileDescriptorLike, fd: number, events: number, data?: Data) {
    this.fileobj = fileobj
    this.fd = fd
    this.events = events
    this.data = data
    Object.freeze(this)
  }
}
