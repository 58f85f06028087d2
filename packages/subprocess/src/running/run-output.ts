// What is read is text, unless the options say otherwise, or do not say.
type Text<O> = O extends { readonly encoding: infer E }
  ? 'buffer' extends E
    ? [E] extends ['buffer']
      ? Buffer
      : string | Buffer
    : string
  : string

type Read<O, S> = [S] extends ['pipe' | undefined]
  ? Text<O>
  : 'pipe' extends S
    ? Text<O> | null
    : null

/** What {@link runProcess} gives as stdout for options of the type `O`. */
export type StdoutOf<O> = O extends { readonly stdout?: infer S } ? Read<O, S> : Text<O>

type Apart<O> = O extends { readonly stderr?: infer S } ? Read<O, S> : Text<O>

/** What {@link runProcess} gives as stderr for options of the type `O`. */
export type StderrOf<O> = O extends { readonly merge: infer M }
  ? [M] extends [true]
    ? null
    : true extends M
      ? Apart<O> | null
      : Apart<O>
  : Apart<O>
