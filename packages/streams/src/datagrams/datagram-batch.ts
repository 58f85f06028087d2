/**
 * How many datagrams one direction of a socket may handle before the loop looks at its
 * other fds. To receive a small one takes 1 us, to send one 3: a flood keeps everybody else
 * waiting for 0.1 to 0.2 ms, and for what the program does with 64 of them. What a turn of
 * the loop costs is little beside that already.
 */
export const datagramBatch = 64
