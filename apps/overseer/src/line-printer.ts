/** Where lines go: whole ones only. */
export interface LineSink {
  write(text: string): unknown
}

function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** Prints the lines of all processes, each with the time and a name in a column. */
export class LinePrinter {
  readonly #sink: LineSink
  readonly #width: number
  readonly #now: () => Date

  constructor(sink: LineSink, names: readonly string[], now: () => Date = () => new Date()) {
    this.#sink = sink
    this.#width = Math.max(...names.map((name) => name.length))
    this.#now = now
  }

  /** One write for all of them, so that no other writer can come between. */
  print(name: string, paint: (text: string) => string, lines: readonly string[]): void {
    if (lines.length === 0) return
    const prefix = paint(`${clock(this.#now())} ${name.padEnd(this.#width)} |`)
    this.#sink.write(lines.map((line) => `${prefix} ${line}\n`).join(''))
  }
}
