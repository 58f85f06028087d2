import { readdirSync } from 'node:fs'
import { close, pidfdOpen, pidfdSendSignal, SIGKILL } from '@tsyncio/syscalls'

import { statFields } from '../stat-fields.js'

// Whoever forks faster than this looks has won.
const mostPasses = 100

function isMember(pid: number, ids: readonly number[]): boolean {
  const [state, , group, session] = statFields(pid)
  return state !== 'Z' && (ids.includes(Number(group)) || ids.includes(Number(session)))
}

/** The pidfd comes first: it stays with the process that the second look saw. */
function killMember(pid: number, ids: readonly number[]): boolean {
  const pidfd = pidfdOpen(pid, 0)
  if (pidfd < 0) return false
  const killed = isMember(pid, ids) && pidfdSendSignal(pidfd, SIGKILL) === 0
  close(pidfd)
  return killed
}

/** Kills everybody whose session or process group has one of the numbers. */
export function killSession(ids: readonly number[]): void {
  for (let pass = 0, found = true; found && pass < mostPasses; pass++) {
    found = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isMember(Number(name), ids))
      .map((name) => killMember(Number(name), ids))
      .includes(true)
  }
}
