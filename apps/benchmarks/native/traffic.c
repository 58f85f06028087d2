#define _GNU_SOURCE
#include "traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define LEAST_PERIOD 65536
#define LEAST_MESSAGES 16

counts_t counts;

static shape_t shape;
static int epfd;
// Every connection sends the same endless stream, each from a place of its own, so that
// bytes lost, doubled, turned or swapped between connections are all seen. The stream
// repeats after `period` bytes; two periods in memory make every part contiguous.
static char *noise;
static size_t period;
static char *inbox;

static void fill_noise(void) {
  uint64_t state = 0x9E3779B97F4A7C15u;
  for (size_t i = 0; i < period; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    char letter = (char)('a' + state % 26);
    noise[i] = shape.lines ? (i % shape.size == shape.size - 1 ? '\n' : letter) : (char)state;
  }
  memcpy(noise + period, noise, period);
}

void traffic_open(shape_t wanted, int epoll) {
  shape = wanted;
  epfd = epoll;
  size_t messages = LEAST_PERIOD / shape.size;
  if (messages < LEAST_MESSAGES) messages = LEAST_MESSAGES;
  period = messages * shape.size;
  noise = malloc(2 * period);
  inbox = malloc(period);
  if (noise == NULL || inbox == NULL) die(1, "no memory for %zu bytes", 3 * period);
  fill_noise();
}

void connection_open(connection_t *connection, int fd, uint32_t index) {
  *connection = (connection_t){.fd = fd, .start = index * shape.size % period};
  connection->times = calloc(shape.pipeline, sizeof *connection->times);
  if (connection->times == NULL) die(1, "no memory for a connection");
}

void connection_renew(connection_t *connection, int fd) {
  connection->fd = fd;
  connection->blocked = false;
  connection->start = (connection->start + connection->sent) % period;
  connection->sent = connection->received = 0;
}

static const char *noise_at(const connection_t *connection, uint64_t position) {
  return noise + (connection->start + position) % period;
}

static void stamp(connection_t *connection, uint64_t end) {
  uint64_t now = nanoseconds();
  uint64_t first = (connection->sent + shape.size - 1) / shape.size;
  for (uint64_t message = first; message * shape.size < end; message++)
    connection->times[message % shape.pipeline] = now;
}

static void watch(connection_t *connection, bool blocked) {
  if (connection->blocked == blocked) return;
  connection->blocked = blocked;
  struct epoll_event event = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0),
                              .data.ptr = connection};
  epoll_ctl(epfd, EPOLL_CTL_MOD, connection->fd, &event);
}

static uint64_t target_of(const connection_t *connection) {
  uint64_t done = shape.sinks ? connection->sent : connection->received;
  return (done / shape.size + shape.pipeline) * shape.size;
}

void connection_send(connection_t *connection) {
  uint64_t target = target_of(connection);
  while (connection->sent < target) {
    uint64_t length = target - connection->sent;
    if (length > period) length = period;
    stamp(connection, connection->sent + length);
    ssize_t sent = send(connection->fd, noise_at(connection, connection->sent), length,
                        MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) die(4, "send: %s", strerror(errno));
    watch(connection, sent < 0);
    if (sent < 0) return;
    if (shape.sinks)
      counts.requests += (connection->sent % shape.size + (uint64_t)sent) / shape.size;
    connection->sent += (uint64_t)sent;
  }
  // A server that answers nothing wakes us by having room again.
  watch(connection, shape.sinks);
}

static void verify(const connection_t *connection, size_t length) {
  const char *expected = noise_at(connection, connection->received);
  if (memcmp(inbox, expected, length) == 0) return;
  size_t i = 0;
  while (inbox[i] == expected[i]) i++;
  die(3, "wrong byte: the reply differs from what was sent at byte %llu (0x%02x, not 0x%02x)",
      (unsigned long long)(connection->received + i), (unsigned char)inbox[i],
      (unsigned char)expected[i]);
}

void connection_receive(connection_t *connection) {
  ssize_t length = recv(connection->fd, inbox, period, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length < 0) die(4, "recv: %s", strerror(errno));
  if (length == 0) die(4, "the server closed a connection");
  if (connection->received + (uint64_t)length > connection->sent)
    die(3, "wrong byte: more came back than was sent");
  verify(connection, (size_t)length);

  uint64_t now = nanoseconds();
  uint64_t message = connection->received / shape.size;
  connection->received += (uint64_t)length;
  for (; message < connection->received / shape.size; message++) {
    histogram_add(&counts.latencies, now - connection->times[message % shape.pipeline]);
    counts.requests++;
  }
}
