// Constants of Linux, the same on every architecture that has a binary.

// select(2), poll(2)
export const FD_SETSIZE = 1024
export const POLLIN = 0x1
export const POLLPRI = 0x2
export const POLLOUT = 0x4
export const POLLERR = 0x8
export const POLLHUP = 0x10
export const POLLNVAL = 0x20
export const POLLRDNORM = 0x40
export const POLLRDBAND = 0x80
export const POLLWRNORM = 0x100
export const POLLWRBAND = 0x200
export const POLLMSG = 0x400
export const POLLRDHUP = 0x2000

// epoll(7)
export const EPOLLIN = 0x1
export const EPOLLPRI = 0x2
export const EPOLLOUT = 0x4
export const EPOLLERR = 0x8
export const EPOLLHUP = 0x10
export const EPOLLRDNORM = 0x40
export const EPOLLRDBAND = 0x80
export const EPOLLWRNORM = 0x100
export const EPOLLWRBAND = 0x200
export const EPOLLMSG = 0x400
export const EPOLLRDHUP = 0x2000
export const EPOLLEXCLUSIVE = 0x10000000
export const EPOLLWAKEUP = 0x20000000
export const EPOLLONESHOT = 0x40000000
export const EPOLLET = 0x80000000
export const EPOLL_CLOEXEC = 0x80000
export const EPOLL_CTL_ADD = 1
export const EPOLL_CTL_MOD = 3
export const EPOLL_CTL_DEL = 2

// Fds
export const O_NONBLOCK = 0x800
export const O_CLOEXEC = 0x80000
export const FD_CLOEXEC = 1
export const F_DUPFD = 0
export const F_DUPFD_CLOEXEC = 1030
export const F_GETFD = 1
export const F_SETFD = 2
export const F_GETFL = 3
export const F_SETFL = 4
export const F_GETPIPE_SZ = 1032
export const F_SETPIPE_SZ = 1031
export const F_ADD_SEALS = 1033
export const F_SEAL_SEAL = 0x1
export const F_SEAL_SHRINK = 0x2
export const F_SEAL_GROW = 0x4
export const F_SEAL_WRITE = 0x8
export const MFD_CLOEXEC = 0x1
export const MFD_ALLOW_SEALING = 0x2
export const MFD_NOEXEC_SEAL = 0x8
export const MFD_EXEC = 0x10
export const EFD_CLOEXEC = 0x80000
export const EFD_NONBLOCK = 0x800
export const EFD_SEMAPHORE = 0x1
export const IOV_MAX = 1024

// Clocks and timers
export const CLOCK_REALTIME = 0
export const CLOCK_MONOTONIC = 1
export const CLOCK_BOOTTIME = 7
export const TFD_CLOEXEC = 0x80000
export const TFD_NONBLOCK = 0x800
export const TFD_TIMER_ABSTIME = 0x1

// Sockets
export const AF_UNSPEC = 0
export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_SEQPACKET = 5
export const SOCK_RAW = 3
export const SOCK_NONBLOCK = 0x800
export const SOCK_CLOEXEC = 0x80000
export const SHUT_RD = 0
export const SHUT_WR = 1
export const SHUT_RDWR = 2
export const SOMAXCONN = 4096

// Messages
export const MSG_OOB = 0x1
export const MSG_PEEK = 0x2
export const MSG_DONTWAIT = 0x40
export const MSG_EOR = 0x80
export const MSG_WAITALL = 0x100
export const MSG_NOSIGNAL = 0x4000
export const MSG_MORE = 0x8000
export const MSG_TRUNC = 0x20
export const MSG_CTRUNC = 0x8
export const MSG_ERRQUEUE = 0x2000
export const MSG_CMSG_CLOEXEC = 0x40000000

// Socket options
export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_TYPE = 3
export const SO_ERROR = 4
export const SO_BROADCAST = 6
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_KEEPALIVE = 9
export const SO_LINGER = 13
export const SO_REUSEPORT = 15
export const SO_PASSCRED = 16
export const SO_PEERCRED = 17
export const SO_ACCEPTCONN = 30
export const SO_PROTOCOL = 38
export const SO_DOMAIN = 39
export const SO_BINDTODEVICE = 25
export const SO_MEMINFO = 55

// Protocols and their options
export const IPPROTO_IP = 0
export const IPPROTO_TCP = 6
export const IPPROTO_UDP = 17
export const IPPROTO_IPV6 = 41
export const TCP_NODELAY = 1
export const TCP_CORK = 3
export const TCP_KEEPIDLE = 4
export const TCP_KEEPINTVL = 5
export const TCP_KEEPCNT = 6
export const TCP_QUICKACK = 12
export const TCP_USER_TIMEOUT = 18
export const TCP_DEFER_ACCEPT = 9
export const TCP_FASTOPEN = 23
export const IP_TTL = 2
export const IP_TOS = 1
export const IP_MULTICAST_TTL = 33
export const IP_MULTICAST_LOOP = 34
export const IP_MULTICAST_IF = 32
export const IP_MULTICAST_ALL = 49
export const IP_ADD_MEMBERSHIP = 35
export const IP_DROP_MEMBERSHIP = 36
export const IPV6_V6ONLY = 26
export const IPV6_UNICAST_HOPS = 16
export const IPV6_MULTICAST_HOPS = 18
export const IPV6_MULTICAST_LOOP = 19
export const IPV6_MULTICAST_IF = 17
export const IPV6_MULTICAST_ALL = 29
export const IPV6_JOIN_GROUP = 20
export const IPV6_LEAVE_GROUP = 21

// Processes
export const P_ALL = 0
export const P_PID = 1
export const P_PGID = 2
export const P_PIDFD = 3
export const WNOHANG = 0x1
export const WEXITED = 0x4
export const WSTOPPED = 0x2
export const WCONTINUED = 0x8
export const WNOWAIT = 0x1000000
export const CLD_EXITED = 1
export const CLD_KILLED = 2
export const CLD_DUMPED = 3
export const CLD_TRAPPED = 4
export const CLD_STOPPED = 5
export const CLD_CONTINUED = 6

// Signals
export const SIGHUP = 1
export const SIGINT = 2
export const SIGQUIT = 3
export const SIGILL = 4
export const SIGTRAP = 5
export const SIGABRT = 6
export const SIGBUS = 7
export const SIGFPE = 8
export const SIGKILL = 9
export const SIGUSR1 = 10
export const SIGSEGV = 11
export const SIGUSR2 = 12
export const SIGPIPE = 13
export const SIGALRM = 14
export const SIGTERM = 15
export const SIGCHLD = 17
export const SIGCONT = 18
export const SIGSTOP = 19
export const SIGTSTP = 20
export const SIGTTIN = 21
export const SIGTTOU = 22
export const SIGURG = 23
export const SIGXCPU = 24
export const SIGXFSZ = 25
export const SIGVTALRM = 26
export const SIGPROF = 27
export const SIGWINCH = 28
export const SIGIO = 29
export const SIGPWR = 30
export const SIGSYS = 31

// Terminals: termios(3)
export const BRKINT = 0x2
export const ICRNL = 0x100
export const IGNBRK = 0x1
export const IGNCR = 0x80
export const INLCR = 0x40
export const ISTRIP = 0x20
export const IXON = 0x400
export const PARMRK = 0x8
export const OPOST = 0x1
export const ONLCR = 0x4
export const CSIZE = 0x30
export const CS8 = 0x30
export const PARENB = 0x100
export const ECHO = 0x8
export const ECHONL = 0x40
export const ICANON = 0x2
export const IEXTEN = 0x8000
export const ISIG = 0x1
export const VINTR = 0
export const VEOF = 4
export const VTIME = 5
export const VMIN = 6
export const VSUSP = 10
export const TCSANOW = 0
export const TCSADRAIN = 1
export const TCSAFLUSH = 2
/** How many words {@link tcgetattr} gives. */
export const TERMIOS_WORDS = 36
