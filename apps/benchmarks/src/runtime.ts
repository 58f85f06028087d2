/** A program that runs other programs, and its version; or why there is none. */
export type Runtime =
  { readonly program: string; readonly version: string } | { readonly absent: string }
