/** Bytes can be read, a connection can be accepted, or the end was reached. */
export const EVENT_READ = 1

/** Bytes can be written, or a connection was made or refused. */
export const EVENT_WRITE = 2
