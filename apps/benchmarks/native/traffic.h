// What goes over the connections: known bytes out, the same bytes back.
#ifndef TSYNCIO_TRAFFIC_H
#define TSYNCIO_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "histogram.h"

typedef struct {
  size_t size;     // bytes of a message
  size_t pipeline; // messages on the way at a time, for each connection
  bool lines;      // every message is a line of text
  bool sinks;      // the server answers nothing
  bool packets;    // every message is a datagram
  bool churns;     // every message has a connection of its own
} shape_t;

typedef struct {
  int fd;
  bool blocked; // the socket's buffer is full: waits for EPOLLOUT
  uint64_t start, sent, received;
  uint64_t *times; // when each message on the way was sent
} connection_t;

typedef struct {
  uint64_t requests;
  histogram_t latencies;
} counts_t;

extern counts_t counts;

void die(int code, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
uint64_t nanoseconds(void);

void traffic_open(shape_t shape, int epfd);
void connection_open(connection_t *connection, int fd, uint32_t index);
// Sends until as many messages are on the way as should be.
void connection_send(connection_t *connection);
// Forgets what went over a connection: it goes on with another socket.
void connection_renew(connection_t *connection, int fd);
// Takes what came and compares it; counts the messages that are complete.
void connection_receive(connection_t *connection);

#endif
