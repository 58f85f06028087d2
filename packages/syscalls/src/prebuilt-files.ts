/**
 * Where a prebuilt file for this machine may lie, relative to `src` and to `dist`. The
 * sanitizer tests have files of their own.
 */
export function prebuiltFiles(process: NodeJS.Process, extension: 'node' | 'guardian'): string[] {
  const sanitizer = process.env['TSYNCIO_SANITIZE']
  const suffix = sanitizer === undefined ? '' : `-${sanitizer}`
  return ['glibc', 'musl'].map(
    (libc) => `../prebuilds/linux-${process.arch}-${libc}${suffix}.${extension}`,
  )
}
