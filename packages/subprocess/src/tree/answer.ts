/** What a guardian says; `native/guardian/guardian.h` has the same numbers. */
export const AnswerKind = { STARTED: 1, FAILED: 2, EXITED: 3, EMPTY: 4, REFUSED: 5 } as const

/** The length of an answer in 32-bit words, the first of which is its kind. */
export const ANSWER_WORDS = 8

/** One message of a guardian, and the fd that came along. */
export interface Answer {
  readonly words: Int32Array
  readonly fd: number | null
}

/** The command that ends a tree; every other one is the number of a signal. */
export const END_ALL = 255
