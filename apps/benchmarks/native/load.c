// The load generator: one thread, one core, known bytes to an echo server and back.
//
//   load --port N [--mode echo|lines|bulk|sink|udp|accept] [--connections N] [--size BYTES]
//        [--pipeline N] [--warm SECONDS] [--seconds SECONDS] [--core N] [--pid N]
//        [--cap SHARE]
//
// After the warm-up it measures for `--seconds`, then lets everything come home, and
// prints one line of JSON. With `--pid`, that process's /proc/PID/stat at both ends of
// the measured time is in it, so that the server's CPU belongs to exactly these requests.
//
// In the mode `accept` every request has a connection of its own, which is closed after
// the reply; its latency begins with connect(). The connections come from many addresses
// of the loopback network: those of one would have used up its ports.
//
// A server as fast as this program would make it the bottleneck. With `--cap` it naps
// whenever its own share of the core passes SHARE, and says for how long.
//
// Exit codes: 2 bad argument, 3 wrong bytes came back, 4 the connection broke,
// 5 nothing came back for five seconds.
#define _GNU_SOURCE
#include "traffic.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_EVENTS 256
#define PATIENCE 5000 // milliseconds
#define SOURCES 250
#define CAP_EVERY 1000000u // nanoseconds between two looks at the own share

typedef struct {
  const char *mode;
  int port, core, pid, connections;
  double warm, seconds, cap;
  shape_t shape;
} options_t;

typedef struct {
  uint64_t wall, cpu, waited; // nanoseconds
  char stat[1024];            // the server's /proc/PID/stat
} moment_t;

static options_t options = {.mode = "echo", .core = -1, .warm = 1, .seconds = 5};
static uint64_t napped;

void die(int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "load: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  exit(code);
}

static uint64_t clock_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t nanoseconds(void) { return clock_of(CLOCK_MONOTONIC); }

static double number(const char *name, const char *text, double least, double most) {
  char *end;
  double value = strtod(text, &end);
  if (*text == '\0' || *end != '\0' || !(value >= least && value <= most))
    die(2, "--%s must be a number from %g to %g, not \"%s\"", name, least, most, text);
  return value;
}

// What a mode means where nothing else is said: connections, bytes, pipeline.
static void apply_mode(void) {
  shape_t *shape = &options.shape;
  int connections = 64;
  size_t size = 1024, pipeline = 1;
  if (strcmp(options.mode, "lines") == 0) {
    shape->lines = true;
    size = 32;
    pipeline = 32;
  } else if (strcmp(options.mode, "bulk") == 0 || strcmp(options.mode, "sink") == 0) {
    shape->sinks = strcmp(options.mode, "sink") == 0;
    connections = 1;
    size = 65536;
    pipeline = 16;
  } else if (strcmp(options.mode, "udp") == 0) {
    shape->packets = true;
  } else if (strcmp(options.mode, "accept") == 0) {
    shape->churns = true;
    size = 64;
  } else if (strcmp(options.mode, "echo") != 0) {
    die(2, "--mode must be echo, lines, bulk, sink, udp or accept, not \"%s\"", options.mode);
  }
  if (options.connections == 0) options.connections = connections;
  if (shape->size == 0) shape->size = size;
  if (shape->pipeline == 0) shape->pipeline = pipeline;
  if ((shape->packets || shape->churns) && shape->pipeline != 1)
    die(2, "--pipeline must be 1 in the mode %s", options.mode);
}

static void read_options(int argc, char **argv) {
  static const struct option names[] = {
      {"mode", 1, 0, 'm'},     {"port", 1, 0, 'p'}, {"connections", 1, 0, 'n'},
      {"size", 1, 0, 's'},     {"warm", 1, 0, 'w'}, {"pipeline", 1, 0, 'd'},
      {"seconds", 1, 0, 't'},  {"core", 1, 0, 'c'}, {"pid", 1, 0, 'i'},
      {"cap", 1, 0, 'l'},      {0, 0, 0, 0}};
  int letter, index;
  while ((letter = getopt_long(argc, argv, "", names, &index)) != -1) {
    const char *name = letter == '?' ? "" : names[index].name;
    if (letter == '?') exit(2);
    if (letter == 'm') options.mode = optarg;
    if (letter == 'p') options.port = (int)number(name, optarg, 1, 65535);
    if (letter == 'n') options.connections = (int)number(name, optarg, 1, 20000);
    if (letter == 's') options.shape.size = (size_t)number(name, optarg, 1, 1 << 20);
    if (letter == 'd') options.shape.pipeline = (size_t)number(name, optarg, 1, 4096);
    if (letter == 'w') options.warm = number(name, optarg, 0, 3600);
    if (letter == 't') options.seconds = number(name, optarg, 0.1, 3600);
    if (letter == 'c') options.core = (int)number(name, optarg, 0, CPU_SETSIZE - 1);
    if (letter == 'i') options.pid = (int)number(name, optarg, 1, 1 << 22);
    if (letter == 'l') options.cap = number(name, optarg, 0.05, 1);
  }
  if (options.port == 0) die(2, "--port is needed");
  apply_mode();
}

static void pin(void) {
  if (options.core < 0) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(options.core, &cores);
  if (sched_setaffinity(0, sizeof cores, &cores) < 0)
    die(1, "cannot run on core %d: %s", options.core, strerror(errno));
}

// 127.0.0.2 and on, in turn.
static void bind_to_next_source(int fd) {
  static uint32_t next;
  struct sockaddr_in source = {.sin_family = AF_INET,
                               .sin_addr.s_addr =
                                   htonl(INADDR_LOOPBACK + 1 + next++ % SOURCES)};
  int one = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0)
    die(4, "cannot bind to an address of the loopback network: %s", strerror(errno));
}

static int open_socket(void) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)options.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int type = options.shape.packets ? SOCK_DGRAM : SOCK_STREAM;
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0) die(4, "socket: %s", strerror(errno));
  if (options.shape.churns) bind_to_next_source(fd);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
    die(4, "cannot connect to port %d: %s", options.port, strerror(errno));
  fcntl(fd, F_SETFL, O_NONBLOCK);
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void watch_socket(int epfd, connection_t *connection) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  epoll_ctl(epfd, EPOLL_CTL_ADD, connection->fd, &event);
}

static connection_t *open_connections(int epfd) {
  connection_t *connections = calloc((size_t)options.connections, sizeof *connections);
  if (connections == NULL) die(1, "no memory for %d connections", options.connections);
  for (int i = 0; i < options.connections; i++) {
    connection_open(&connections[i], open_socket(), (uint32_t)i);
    watch_socket(epfd, &connections[i]);
  }
  return connections;
}

static void read_text(const char *path, char *text, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
  if (fd >= 0) close(fd);
  text[length < 0 ? 0 : length] = '\0';
}

static moment_t moment_now(void) {
  moment_t moment = {.cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID)};
  char text[64];
  unsigned long long waited = 0;
  // The second number is the time spent ready but not running: somebody else had the core.
  read_text("/proc/self/schedstat", text, sizeof text);
  sscanf(text, "%*u %llu", &waited);
  moment.waited = waited;
  if (options.pid != 0) {
    snprintf(text, sizeof text, "/proc/%d/stat", options.pid);
    read_text(text, moment.stat, sizeof moment.stat);
  }
  moment.wall = nanoseconds();
  return moment;
}

static void nap_if_over_cap(const moment_t *since, uint64_t now) {
  static uint64_t looked;
  if (options.cap == 0 || now - looked < CAP_EVERY) return;
  looked = now;
  double cpu = (double)(clock_of(CLOCK_PROCESS_CPUTIME_ID) - since->cpu);
  double over = cpu / options.cap - (double)(now - since->wall);
  if (over < CAP_EVERY / 10) return;
  struct timespec time = {.tv_sec = (time_t)(over / 1e9), .tv_nsec = (long)over % 1000000000};
  nanosleep(&time, NULL);
  napped += nanoseconds() - now;
}

// The reply is here: the next request has another connection.
static void churn(int epfd, connection_t *connection) {
  if (connection->received < connection->sent) return;
  uint64_t began = nanoseconds();
  close(connection->fd);
  connection_renew(connection, open_socket());
  watch_socket(epfd, connection);
  connection_send(connection);
  connection->times[0] = began;
}

static void turn(int epfd, bool sends) {
  struct epoll_event events[MOST_EVENTS];
  int ready = epoll_wait(epfd, events, MOST_EVENTS, PATIENCE);
  if (ready < 0 && errno != EINTR) die(1, "epoll_wait: %s", strerror(errno));
  if (ready == 0) die(5, "nothing came back for %d ms", PATIENCE);
  for (int i = 0; i < ready; i++) {
    connection_t *connection = events[i].data.ptr;
    if (events[i].events & ~(uint32_t)EPOLLOUT) connection_receive(connection);
    if (sends && options.shape.churns) churn(epfd, connection);
    else if (sends) connection_send(connection);
  }
}

static moment_t run_for(int epfd, double seconds, const moment_t *since) {
  uint64_t now, end = nanoseconds() + (uint64_t)(seconds * 1e9);
  while ((now = nanoseconds()) < end) {
    nap_if_over_cap(since, now);
    turn(epfd, true);
  }
  return moment_now();
}

// Everything on the way comes home, so that closing is clean and every byte was compared.
static void settle(int epfd, connection_t *connections) {
  for (int i = 0; i < options.connections; i++)
    while (!options.shape.sinks && connections[i].received < connections[i].sent)
      turn(epfd, false);
}

static void print_text(const char *name, const char *text) {
  printf(",\"%s\":\"", name);
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text < ' ') continue;
    if (*text == '"' || *text == '\\') putchar('\\');
    putchar(*text);
  }
  putchar('"');
}

static void print_result(const moment_t *before, const moment_t *after) {
  double wall = (double)(after->wall - before->wall);
  const shape_t *shape = &options.shape;
  printf("{\"mode\":\"%s\",\"connections\":%d,\"size\":%zu,\"pipeline\":%zu", options.mode,
         options.connections, shape->size, shape->pipeline);
  printf(",\"seconds\":%.6f,\"requests\":%llu", wall / 1e9, (unsigned long long)counts.requests);
  printf(",\"cpu\":%.4f,\"waited\":%.4f,\"napped\":%.4f", (double)(after->cpu - before->cpu) / wall,
         (double)(after->waited - before->waited) / wall, (double)napped / wall);
  printf(",\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f", histogram_at(&counts.latencies, 0.5) / 1e3,
         histogram_at(&counts.latencies, 0.99) / 1e3, counts.latencies.max / 1e3);
  print_text("before", before->stat);
  print_text("after", after->stat);
  printf("}\n");
}

int main(int argc, char **argv) {
  read_options(argc, argv);
  pin();
  int epfd = epoll_create1(EPOLL_CLOEXEC);
  if (epfd < 0) die(1, "epoll_create1: %s", strerror(errno));
  traffic_open(options.shape, epfd);
  connection_t *connections = open_connections(epfd);
  for (int i = 0; i < options.connections; i++) connection_send(&connections[i]);

  moment_t start = moment_now();
  moment_t before = run_for(epfd, options.warm, &start);
  counts = (counts_t){0};
  napped = 0;
  moment_t after = run_for(epfd, options.seconds, &before);
  counts_t measured = counts;
  settle(epfd, connections);
  counts = measured;
  print_result(&before, &after);
  return 0;
}
