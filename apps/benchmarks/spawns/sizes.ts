import { nativeProgram } from '../src/native-program.js'
import { GENERATOR_CORE } from '../src/pinned.js'

// How much one batch does; asyncio-spawn.py has the same numbers.

/** Programs of one batch, where the clock counts ... */
export const PROGRAMS = 200
/** ... and where the thread's standing still does. */
export const HELD_PROGRAMS = 30
/** Programs that run at once. */
export const AT_ONCE = 16
/** What goes to `cat` and back: 1 GiB in pieces of 64 KiB. */
export const CAT_BYTES = 2 ** 30
export const PIECE_BYTES = 65_536
/** On the core beside ours, so that both copy at once. */
export const CAT = [nativeProgram('pin'), String(GENERATOR_CORE), '/bin/cat'] as const
/** Children that do nothing. */
export const IDLE = 500
/** Milliseconds that are one batch of doing nothing. */
export const IDLE_TIME = 1000
