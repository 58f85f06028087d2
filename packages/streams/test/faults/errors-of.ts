import * as e from '@tsyncio/syscalls'

/** What each call may fail with for good: its man page, for what streams use it on. */
export const fatal: Record<string, readonly number[]> = {
  read: [e.ECONNRESET, e.EIO, e.ETIMEDOUT, e.ENOMEM, e.ENOBUFS, e.EHOSTUNREACH],
  recv: [e.ECONNRESET, e.ECONNREFUSED, e.ENOMEM, e.ETIMEDOUT],
  readv: [e.ECONNRESET, e.EIO, e.ETIMEDOUT, e.ENOMEM],
  write: [e.EPIPE, e.ECONNRESET, e.EIO, e.ENOSPC, e.ENOBUFS, e.ENOMEM, e.ETIMEDOUT, e.EPERM],
  send: [e.EPIPE, e.ECONNRESET, e.ENOBUFS, e.ENOMEM, e.EACCES],
  writev: [e.EPIPE, e.ECONNRESET, e.EIO, e.ENOSPC, e.ENOBUFS, e.ENOMEM],
  // Of sockets whose datagrams go astray singly: none of these is the end of one.
  sendto: [e.ECONNREFUSED, e.ENOBUFS, e.ENOMEM, e.EPERM, e.ENETUNREACH, e.EMSGSIZE],
  recvfrom: [e.ECONNREFUSED, e.ENOMEM],
  sendmsg: [e.EPIPE, e.ECONNRESET, e.ENOBUFS, e.ENOMEM],
  recvmsg: [e.ECONNRESET, e.ENOMEM],
  // Asked in the middle of a file too, where it is no question of fallback any more.
  sendfile: [e.EPIPE, e.ECONNRESET, e.EIO, e.ENOMEM, e.EINVAL, e.EOPNOTSUPP],
  dup: [e.EMFILE],
  socket: [e.EMFILE, e.ENFILE, e.ENOBUFS, e.ENOMEM, e.EACCES],
  bind: [e.EACCES, e.EADDRINUSE, e.EADDRNOTAVAIL, e.ENOMEM],
  listen: [e.EADDRINUSE],
  connect: [e.ECONNREFUSED, e.ENETUNREACH, e.ETIMEDOUT, e.EACCES, e.EPERM, e.EADDRNOTAVAIL],
  accept4: [e.EMFILE, e.ENFILE, e.ENOBUFS, e.ENOMEM, e.EPROTO, e.EPERM, e.ENETDOWN],
  // And ENOTCONN, which says that nobody is there any more: no fault of a living connection.
  shutdown: [e.ENOBUFS],
  setsockopt: [e.ENOMEM, e.ENOBUFS, e.ENOPROTOOPT],
  getsockname: [e.ENOBUFS],
  getpeername: [e.ENOBUFS, e.ENOTCONN],
  // Only what asks for more needs memory: see epollCtl in faulty-calls.ts.
  epollCtl: [e.ENOMEM, e.ENOSPC],
  // The fd is closed all the same: it must not be closed again.
  close: [e.EIO, e.EINTR],
}

/** What says to try again: a delay, a signal. */
export const passing: Record<string, readonly number[]> = {
  read: [e.EAGAIN, e.EINTR],
  recv: [e.EAGAIN, e.EINTR],
  readv: [e.EAGAIN, e.EINTR],
  write: [e.EAGAIN, e.EINTR],
  send: [e.EAGAIN, e.EINTR],
  writev: [e.EAGAIN, e.EINTR],
  sendto: [e.EAGAIN, e.EINTR],
  recvfrom: [e.EAGAIN, e.EINTR],
  sendmsg: [e.EAGAIN, e.EINTR],
  recvmsg: [e.EAGAIN, e.EINTR],
  sendfile: [e.EAGAIN, e.EINTR],
  connect: [e.EINTR],
  accept4: [e.EAGAIN, e.EINTR, e.ECONNABORTED],
}
