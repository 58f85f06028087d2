/** What the native binary exports. Every function gives a value or `-errno`. */
export interface Addon {
  readonly constants: Readonly<Record<string, number>>

  select(
    reads: Int32Array,
    readCount: number,
    writes: Int32Array,
    writeCount: number,
    excepts: Int32Array,
    exceptCount: number,
    timeout: number,
  ): number
  poll(fds: Int32Array, count: number, timeout: number): number
  epollCreate1(flags: number): number
  epollCtl(epfd: number, op: number, fd: number, events: number): number
  epollWait(epfd: number, out: Int32Array, most: number, timeout: number): number
  epollUsePwait2(use: number): number

  guardOpen(): number
  guardDrain(guard: number): number

  hostOpen(epfd: number, timerfd: number, shared: Float64Array, turn: () => void): number
  hostArm(host: number): number
  hostClose(host: number): number
  hostClock(): number
}
