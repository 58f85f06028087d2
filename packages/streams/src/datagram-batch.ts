/**
 * How many datagrams one direction of a socket may handle before the loop looks at its
 * other fds. A system call with a small datagram takes 1 or 2 microseconds, so a flood keeps
 * everybody else waiting for about a tenth of a millisecond; and the cost of a turn of the
 * loop is that of a few datagrams, so that a larger batch would gain less than a tenth.
 */
export const datagramBatch = 64
