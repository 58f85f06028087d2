/** The type of an option, with its default where it may be left out. */
type Given<O, K extends string, Default> = K extends keyof O
  ? Exclude<O[K], undefined> | (undefined extends O[K] ? Default : never)
  : Default

type Decoded<Encoding> =
  ('utf8' extends Encoding ? string : never) | ('buffer' extends Encoding ? Buffer : never)

type Piped<Stdio, Out> =
  ('pipe' extends Stdio ? Out : never) | ([Exclude<Stdio, 'pipe'>] extends [never] ? never : null)

type OutputOf<O, K extends 'stdout' | 'stderr'> = Piped<
  Given<O, K, 'pipe'>,
  Decoded<Given<O, 'encoding', 'utf8'>>
>

/** What {@link runProcess} gives as stdout for options of the type `O`. */
export type StdoutOf<O> = OutputOf<O, 'stdout'>

/** What {@link runProcess} gives as stderr for options of the type `O`: none if it is merged. */
export type StderrOf<O> =
  | (false extends Given<O, 'merge', false> ? OutputOf<O, 'stderr'> : never)
  | (true extends Given<O, 'merge', false> ? null : never)
