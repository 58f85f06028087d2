const brand = Symbol.for('tsyncio.ModuleLoadError')

/** A thread could not load the module that it was to call; the `cause` says why. */
export class ModuleLoadError extends Error {
  static {
    this.prototype.name = 'ModuleLoadError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_MODULE_LOAD'
  readonly url: string

  constructor(url: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`A thread cannot load ${url}: ${reason}`, { cause })
    this.url = url
  }
}
