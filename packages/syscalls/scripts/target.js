/** The name of the binary that this process can load, such as `linux-x64-glibc`. */
export function hostTarget() {
  if (process.platform !== 'linux') return `${process.platform}-${process.arch}`
  // A report names the glibc that Node runs on; without one it is musl.
  const { header } = process.report.getReport()
  return `linux-${process.arch}-${header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'}`
}
