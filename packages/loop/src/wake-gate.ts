// The eventfd that wakes a loop is a number that other threads hold, until they have made
// a copy of their own. Once the loop has closed it, the number may belong to a stranger's
// file. So whoever copies it passes a gate: word 0 of a shared array counts who is inside,
// and one bit of it says that the gate is shut.
const shut = 1 << 30

// A worker that is terminated inside never comes out. Being inside takes a microsecond,
// so whoever is still there after this many looks is not coming, and the fd is left open.
const mostLooks = 1_000_000

export function makeGate(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4))
}

/** Does `action` unless the gate is shut; it cannot be shut meanwhile. */
export function passGate(gate: Int32Array, action: () => void): void {
  try {
    if ((Atomics.add(gate, 0, 1) & shut) === 0) action()
  } finally {
    Atomics.sub(gate, 0, 1)
  }
}

/** Shuts the gate; true if nobody is inside any more. */
export function shutGate(gate: Int32Array): boolean {
  Atomics.or(gate, 0, shut)
  for (let looks = 0; looks < mostLooks; looks++) {
    if (Atomics.load(gate, 0) === shut) return true
  }
  return false
}
