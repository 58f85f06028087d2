const newline = 0x0a
const mark = ' …'

/** How many bytes of a line are printed as one; a longer one comes in marked pieces. */
export const longestLine = 16_384

// A piece must not end within a character: at most three bytes belong to an unfinished one.
function characterEnd(bytes: Uint8Array, end: number): number {
  for (let start = end; start > end - 4; start--) {
    if (((bytes[start] as number) & 0xc0) !== 0x80) return start
  }
  return end
}

/** Makes lines of bytes that come in any pieces. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0)

  /** Gives the lines that are complete now. */
  push(bytes: Buffer): string[] {
    const lines: string[] = []
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    for (;;) {
      const end = rest.indexOf(newline)
      const length = end < 0 ? rest.length : end
      if (length > longestLine) {
        const cut = characterEnd(rest, longestLine)
        lines.push(rest.toString('utf8', 0, cut) + mark)
        rest = rest.subarray(cut)
      } else if (end < 0) {
        this.#rest = rest
        return lines
      } else {
        lines.push(textOf(rest, end))
        rest = rest.subarray(end + 1)
      }
    }
  }

  /** No more bytes come: gives the line that was not ended, if there is one. */
  end(): string[] {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return rest.length === 0 ? [] : [textOf(rest, rest.length)]
  }
}

function textOf(bytes: Buffer, end: number): string {
  return bytes.toString('utf8', 0, bytes[end - 1] === 0x0d ? end - 1 : end)
}
