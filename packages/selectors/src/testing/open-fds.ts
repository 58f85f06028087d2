/** The fds that this process has open. */
export function openFds(): number[] {
  const { readdirSync, readlinkSync } = process.getBuiltinModule('node:fs')
  const isOpen = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) !== `/proc/${process.pid}/fd`
    } catch {
      return false
    }
  }
  return readdirSync('/proc/self/fd').filter(isOpen).map(Number)
}
