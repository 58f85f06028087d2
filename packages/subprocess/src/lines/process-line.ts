/** One line that a process wrote. */
export interface ProcessLine {
  readonly source: 'stdout' | 'stderr'
  /** Without the line's end, which is `\n` or `\r\n`; bytes that are no UTF-8 become U+FFFD. */
  readonly text: string
}
