import type { Pty } from '@tsyncio/subprocess'
import type { Gen } from '@tsyncio/tasks'

const pasteMode = /\x1b\[\?2004[hl]\r?/g

/** What a terminal has shown, read as far as a test needs it. */
export class Screen {
  readonly #pty: Pty
  #text = ''

  constructor(pty: Pty) {
    this.#pty = pty
  }

  /** Types something. */
  type(text: string): void {
    this.#pty.writer.write(text)
  }

  /** Reads until `wanted` is shown, and takes all up to its end; gives what matched. */
  *shows(wanted: RegExp | string): Gen<RegExpExecArray> {
    const pattern =
      typeof wanted === 'string' ? new RegExp(wanted.replace(/[^\w\s]/g, '\\$&')) : wanted
    for (;;) {
      const found = pattern.exec(this.#text)
      if (found !== null) {
        this.#text = this.#text.slice(found.index + found[0].length)
        return found
      }
      const data = yield* this.#pty.reader.read(65_536)
      if (data === null) throw new Error(`The end came before ${pattern}: ${this.#text}`)
      this.#add(data)
    }
  }

  /** Reads up to the end; gives what was not taken before. */
  *rest(): Gen<string> {
    for (let data; (data = yield* this.#pty.reader.read(65_536)) !== null;) {
      this.#add(data)
    }
    return this.#text
  }

  // What is shown is text, whatever readline switches on and off.
  #add(data: Buffer): void {
    this.#text = (this.#text + String(data)).replaceAll(pasteMode, '')
  }
}
