// The limit: an echo server that is nothing but epoll, recv and send.
//
//   echo PORT [echo | sink | corrupt]
//
// `sink` reads and forgets; `corrupt` turns over one bit of the 1,000th reply, to show
// that the load generator looks at what comes back. Prints "ready" once it listens.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_FDS 65536
#define MOST_EVENTS 256

// What the peer has not taken yet. While there is any, nothing more is read from it.
typedef struct {
  char *bytes;
  size_t length;
} rest_t;

static rest_t rests[MOST_FDS];
static char slab[65536];
static int epfd;
static bool sinks, corrupts;
static long replies;

static void die(const char *what) {
  fprintf(stderr, "echo: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void watch(int operation, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(epfd, operation, fd, &event) < 0) die("epoll_ctl");
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  if (listen(fd, 511) < 0) die("listen");
  return fd;
}

static void accept_all(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd >= MOST_FDS) close(fd);
    else watch(EPOLL_CTL_ADD, fd, EPOLLIN);
  }
}

static void hang_up(int fd) {
  free(rests[fd].bytes);
  rests[fd] = (rest_t){0};
  close(fd);
}

static void keep(int fd, const char *bytes, size_t length) {
  rests[fd] = (rest_t){.bytes = malloc(length), .length = length};
  if (rests[fd].bytes == NULL) die("malloc");
  memcpy(rests[fd].bytes, bytes, length);
  watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void reply(int fd, const char *bytes, size_t length) {
  ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) {
    hang_up(fd);
    return;
  }
  if (sent < 0) sent = 0;
  if ((size_t)sent < length) keep(fd, bytes + sent, length - (size_t)sent);
}

static void on_readable(int fd) {
  ssize_t length = recv(fd, slab, sizeof slab, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) {
    hang_up(fd);
    return;
  }
  if (sinks) return;
  if (corrupts && ++replies == 1000) slab[length / 2] ^= 1;
  reply(fd, slab, (size_t)length);
}

static void on_writable(int fd) {
  rest_t rest = rests[fd];
  ssize_t sent = send(fd, rest.bytes, rest.length, MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return;
  if (sent < 0) {
    hang_up(fd);
    return;
  }
  if ((size_t)sent < rest.length) {
    memmove(rest.bytes, rest.bytes + sent, rest.length - (size_t)sent);
    rests[fd].length -= (size_t)sent;
    return;
  }
  free(rest.bytes);
  rests[fd] = (rest_t){0};
  watch(EPOLL_CTL_MOD, fd, EPOLLIN);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: echo PORT [echo | sink | corrupt]\n");
    return 2;
  }
  sinks = argc > 2 && strcmp(argv[2], "sink") == 0;
  corrupts = argc > 2 && strcmp(argv[2], "corrupt") == 0;
  epfd = epoll_create1(EPOLL_CLOEXEC);
  if (epfd < 0) die("epoll_create1");
  int listener = listen_on(atoi(argv[1]));
  watch(EPOLL_CTL_ADD, listener, EPOLLIN);
  printf("ready\n");
  fflush(stdout);

  struct epoll_event events[MOST_EVENTS];
  for (;;) {
    int ready = epoll_wait(epfd, events, MOST_EVENTS, -1);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all(listener);
      else if (rests[fd].length > 0) on_writable(fd);
      else on_readable(fd);
    }
  }
}
