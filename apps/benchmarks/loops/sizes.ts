// How much one batch does; asyncio-loop.py has the same numbers.

/** Callbacks queued at once, and tasks made one after the other. */
export const CALLBACKS = 200_000
export const TIMERS = 1_000_000
/** Tasks that take turns. */
export const TASKS = 100
/** How often each of them waits. */
export const ROUNDS = 1_000
/** How often each of a pair does. */
export const PAIR_ROUNDS = 50_000
/** Calls within each other, the innermost of which waits ... */
export const DEPTH = 20
/** ... and how often each task makes them. */
export const DEEP_ROUNDS = 100
/** Tasks asleep at once. */
export const SLEEPERS = 100_000
/** Milliseconds: no timer of these is to fire. */
export const DAY = 86_400_000
