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

  read(fd: number, buffer: Uint8Array, offset: number, length: number): number
  write(fd: number, buffer: Uint8Array, offset: number, length: number): number
  readv(fd: number, buffers: readonly Uint8Array[]): number
  writev(fd: number, buffers: readonly Uint8Array[]): number
  sendfile(to: number, from: number, offset: number, length: number): number
  close(fd: number): number
  pipe2(out: Int32Array, flags: number): number
  eventfd(initial: number, flags: number): number
  memfdCreate(name: Uint8Array, flags: number): number
  dup(fd: number): number
  dup3(from: number, to: number, flags: number): number
  fcntl(fd: number, command: number, argument: number): number
  adoptFd(fd: number): number
  releaseFd(fd: number): number

  timerfdCreate(clock: number, flags: number): number
  timerfdSettime(fd: number, flags: number, value: number, interval: number): number

  socket(domain: number, type: number, protocol: number): number
  socketpair(domain: number, type: number, protocol: number, out: Int32Array): number
  bind(fd: number, address: Uint8Array, length: number | undefined): number
  connect(fd: number, address: Uint8Array, length: number | undefined): number
  listen(fd: number, backlog: number): number
  accept4(fd: number, address: Uint8Array | null, out: Int32Array | null): number
  getsockname(fd: number, address: Uint8Array): number
  getpeername(fd: number, address: Uint8Array): number
  shutdown(fd: number, how: number): number
  ifNameToIndex(name: Uint8Array): number

  send(fd: number, buffer: Uint8Array, offset: number, length: number, flags: number): number
  recv(fd: number, buffer: Uint8Array, offset: number, length: number, flags: number): number
  sendto(
    fd: number,
    buffer: Uint8Array,
    offset: number,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number | undefined,
  ): number
  recvfrom(
    fd: number,
    buffer: Uint8Array,
    offset: number,
    length: number,
    flags: number,
    address: Uint8Array,
    out: Int32Array,
  ): number
  sendmsg(
    fd: number,
    buffers: readonly Uint8Array[],
    flags: number,
    address: Uint8Array | null,
    fds: Int32Array | null,
  ): number
  recvmsg(
    fd: number,
    buffers: readonly Uint8Array[],
    flags: number,
    address: Uint8Array | null,
    out: Int32Array,
  ): number

  getsockopt(fd: number, level: number, name: number): number
  setsockopt(fd: number, level: number, name: number, value: number): number
  getsockoptBytes(fd: number, level: number, name: number, out: Uint8Array): number
  setsockoptBytes(fd: number, level: number, name: number, value: Uint8Array): number

  spawn(plan: Uint8Array, fds: Int32Array, out: Int32Array): number
  spawnUseCloseRange(use: number): number
  pidfdOpen(pid: number, flags: number): number
  pidfdSendSignal(pidfd: number, signal: number): number
  waitid(idType: number, id: number, out: Int32Array, options: number): number
  kill(pid: number, signal: number): number
  getpid(): number

  tcgetpgrp(fd: number): number
  tcsetpgrp(fd: number, group: number): number
  getpgid(pid: number): number
  openpty(out: Int32Array): number
  openptyUsePeer(use: number): number
  getWindowSize(fd: number, out: Int32Array): number
  setWindowSize(fd: number, columns: number, rows: number): number
  tcgetattr(fd: number, out: Int32Array): number
  tcsetattr(fd: number, when: number, words: Int32Array): number
  isatty(fd: number): number

  signalWatch(signal: number, fd: number): number
  signalUnwatch(signal: number): number

  guardOpen(): number
  guardDrain(guard: number): number

  hostOpen(epfd: number, timerfd: number, shared: Float64Array, turn: () => void): number
  hostArm(host: number): number
  hostClose(host: number): number
  hostClock(): number
}
