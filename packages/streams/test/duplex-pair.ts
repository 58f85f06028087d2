import { Duplex } from 'node:stream'

/** Two streams, each of which reads what the other writes. */
export function duplexPair(): [Duplex, Duplex] {
  const ends: Duplex[] = []
  const waiting: ((() => void) | undefined)[] = []
  const end = (self: number) =>
    new Duplex({
      read() {
        // It may write at once, and wait again.
        const done = waiting[self]
        waiting[self] = undefined
        done?.()
      },
      write(chunk, _encoding, done) {
        const other = 1 - self
        if (ends[other]!.push(chunk)) done()
        else waiting[other] = done
      },
      final(done) {
        ends[1 - self]!.push(null)
        done()
      },
    })
  ends.push(end(0), end(1))
  return ends as [Duplex, Duplex]
}
