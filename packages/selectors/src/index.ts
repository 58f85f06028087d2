export {
  EPOLL_CLOEXEC,
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLMSG,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDBAND,
  EPOLLRDHUP,
  EPOLLRDNORM,
  EPOLLWAKEUP,
  EPOLLWRBAND,
  EPOLLWRNORM,
  FD_SETSIZE,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLMSG,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '@tsyncio/syscalls'
export { AlreadyRegisteredError } from './already-registered-error.js'
export { BaseSelector } from './base-selector.js'
export { ClosedSelectorError } from './closed-selector-error.js'
export { DefaultSelector } from './default-selector.js'
export { Epoll, type EpollOptions } from './epoll.js'
export { EpollSelector } from './epoll-selector.js'
export { EVENT_READ, EVENT_WRITE } from './events.js'
export { fileno, type FileDescriptorLike } from './file-descriptor.js'
export { NotRegisteredError } from './not-registered-error.js'
export { PIPE_BUF } from './pipe-buf.js'
export { Poll } from './poll.js'
export { PollSelector } from './poll-selector.js'
export type { ReadyList } from './ready-list.js'
export { select } from './select.js'
export { SelectSelector } from './select-selector.js'
export { SelectorKey } from './selector-key.js'
export { SelectorMap } from './selector-map.js'
export type { Selector } from './selector.js'
