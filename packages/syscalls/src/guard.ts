import { checked } from './checked.js'
import { addon } from './load-addon.js'

/**
 * An fd that becomes readable when something happens in Node's own loop: what a loop
 * that owns its thread watches so that its worker can be terminated. Or `-errno`.
 */
export function guardOpen(): number {
  return checked(addon.guardOpen(), 'guardOpen()')
}

/** Makes the guard unreadable until something happens again. */
export function guardDrain(guard: number): number {
  return checked(addon.guardDrain(guard), 'guardDrain(guard)')
}
