import {
  close,
  EINVAL,
  F_ADD_SEALS,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  fcntl,
  memfdCreate,
  MFD_ALLOW_SEALING,
  MFD_EXEC,
  MFD_NOEXEC_SEAL,
  osError,
  write,
} from '@tsyncio/syscalls'

const sealed = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE

// Linux before 6.3 does not know the two flags, and needs none of them.
function createFile(name: string, flag: number): number {
  const fd = memfdCreate(name, MFD_ALLOW_SEALING | flag)
  return fd === -EINVAL ? memfdCreate(name, MFD_ALLOW_SEALING) : fd
}

/**
 * A file that lies in memory alone and that nobody can change any more; `/proc` shows the
 * name.
 *
 * @throws OSError, EACCES among them where nothing may be executed from memory
 *   (`vm.memfd_noexec`).
 */
export function memoryFile(name: string, bytes: Uint8Array, executable: boolean): number {
  const fd = createFile(name, executable ? MFD_EXEC : MFD_NOEXEC_SEAL)
  if (fd < 0) throw osError(fd, 'memfd_create')
  const written = write(fd, bytes, 0, bytes.length)
  const result = written < 0 ? written : fcntl(fd, F_ADD_SEALS, sealed)
  if (result >= 0) return fd
  close(fd)
  throw osError(result, written < 0 ? 'write' : 'fcntl')
}
