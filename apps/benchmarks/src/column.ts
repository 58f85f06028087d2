/** How a figure is shown. */
export interface Column {
  readonly figure: string
  readonly title: string
  /** After the point. */
  readonly digits: number
}
