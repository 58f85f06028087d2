const brand = Symbol.for('tsyncio.MissingExportError')

/** The module has no exported function of that name. */
export class MissingExportError extends Error {
  static {
    this.prototype.name = 'MissingExportError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_MISSING_EXPORT'
  readonly url: string
  readonly exportName: string

  constructor(url: string, exportName: string, functions: readonly string[]) {
    const others = functions.length === 0 ? 'none' : functions.join(', ')
    super(`${url} exports no function "${exportName}"; the functions it exports: ${others}.`)
    this.url = url
    this.exportName = exportName
  }
}
