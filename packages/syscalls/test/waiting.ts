import { poll, POLLIN, POLLOUT } from '@tsyncio/syscalls'

/** Waits, 10 s at most, until `fd` has something to read, or its end. */
export function waitReadable(fd: number): void {
  if (poll(Int32Array.of(fd, POLLIN), 1, 10_000) !== 1) throw new Error(`fd ${fd} is not readable`)
}

/** Waits, 10 s at most, until `fd` can be written to. */
export function waitWritable(fd: number): void {
  if (poll(Int32Array.of(fd, POLLOUT), 1, 10_000) !== 1) throw new Error(`fd ${fd} is not writable`)
}

/** Everything that comes from `fd` until its end, as text. */
export function readAll(fd: number, read: (bytes: Uint8Array) => number): string {
  const decoder = new TextDecoder()
  const bytes = new Uint8Array(65_536)
  let text = ''
  for (;;) {
    waitReadable(fd)
    const count = read(bytes)
    if (count < 0) throw new Error(`cannot read fd ${fd}: ${count}`)
    if (count === 0) return text
    text += decoder.decode(bytes.subarray(0, count), { stream: true })
  }
}
