// What goes through a socket. Sending never raises SIGPIPE: the answer is -EPIPE.
#include "addon.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// As many fds as the kernel lets one message carry (SCM_MAX_FD).
#define MOST_FDS 253

#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

// What a socket may be set to say of each sender, before the fds: SO_PASSCRED, SO_PASSPIDFD,
// and SO_PASSSEC, whose labels are short. Nobody asks us for it; but without room of its own
// it takes that of the fds.
#define OTHER_BYTES \
  (CMSG_SPACE(3 * sizeof(int)) + CMSG_SPACE(sizeof(int)) + CMSG_SPACE(256))

typedef union {
  struct cmsghdr header;
  char bytes[OTHER_BYTES + CMSG_SPACE(MOST_FDS * sizeof(int))];
} control_t;

// The words of recvmsg's `out`.
enum { ADDRESS_LENGTH, FLAGS, FD_COUNT, FDS };

// send(fd, buffer: Uint8Array, offset, length, flags) -> bytes
static napi_value send_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t bytes = arg_slice(&args, 1);
  int flags = (int)arg_int(&args, 4, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(send(fd, bytes.data, bytes.length, flags | MSG_NOSIGNAL)));
}

// recv(fd, buffer: Uint8Array, offset, length, flags) -> bytes
static napi_value recv_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t bytes = arg_slice(&args, 1);
  int flags = (int)arg_int(&args, 4, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(recv(fd, bytes.data, bytes.length, flags)));
}

// sendto(fd, buffer, offset, length, flags, address: Uint8Array, addressLength?) -> bytes
static napi_value sendto_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t bytes = arg_slice(&args, 1);
  int flags = (int)arg_int(&args, 4, INT32_MIN, INT32_MAX);
  span_t address = arg_address(&args, 5);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(sendto(fd, bytes.data, bytes.length, flags | MSG_NOSIGNAL,
                                    address.data, (socklen_t)address.length)));
}

// recvfrom(fd, buffer, offset, length, flags, address: Uint8Array, out: Int32Array)
// -> bytes; out[0] is the address's length
static napi_value recvfrom_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t bytes = arg_slice(&args, 1);
  int flags = (int)arg_int(&args, 4, INT32_MIN, INT32_MAX);
  span_t address = arg_array(&args, 5, napi_uint8_array, 0);
  span_t out = arg_array(&args, 6, napi_int32_array, 1);
  if (args.bad) return give(env, args.bad);
  socklen_t length = (socklen_t)address.length;
  int64_t received =
      result_of(recvfrom(fd, bytes.data, bytes.length, flags, address.data, &length));
  if (received >= 0) *(int32_t *)out.data = (int32_t)length;
  return give(env, received);
}

static void attach_fds(struct msghdr *message, control_t *control, span_t fds) {
  if (fds.length == 0) return;
  size_t bytes = fds.length * sizeof(int);
  memset(control, 0, sizeof *control);
  control->header.cmsg_level = SOL_SOCKET;
  control->header.cmsg_type = SCM_RIGHTS;
  control->header.cmsg_len = CMSG_LEN(bytes);
  memcpy(CMSG_DATA(&control->header), fds.data, bytes);
  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE(bytes);
}

// sendmsg(fd, buffers: Uint8Array[], flags, address?: Uint8Array, fds?: Int32Array) -> bytes
static napi_value sendmsg_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  struct iovec vector[MOST_BUFFERS];
  int fd = arg_fd(&args, 0);
  int count = arg_buffers(&args, 1, vector);
  int flags = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  span_t address = {NULL, 0}, fds = {NULL, 0};
  if (!arg_is_nullish(&args, 3)) address = arg_array(&args, 3, napi_uint8_array, 0);
  if (!arg_is_nullish(&args, 4)) fds = arg_array(&args, 4, napi_int32_array, 0);
  if (fds.length > MOST_FDS) args_fail(&args, 4, BAD_RANGE);
  if (args.bad) return give(env, args.bad);
  struct msghdr message = {.msg_name = address.data,
                           .msg_namelen = (socklen_t)address.length,
                           .msg_iov = vector,
                           .msg_iovlen = (size_t)count};
  control_t control;
  attach_fds(&message, &control, fds);
  return give(env, result_of(sendmsg(fd, &message, flags | MSG_NOSIGNAL)));
}

// Fds that find no room are closed: nobody could ever do it later. So are pidfds of senders.
static int32_t take_fds(environment_t *environment, struct msghdr *message, int32_t *out,
                        size_t room) {
  size_t taken = 0;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
       part = CMSG_NXTHDR(message, part)) {
    bool is_pidfd = part->cmsg_type == SCM_PIDFD;
    if (part->cmsg_level != SOL_SOCKET || (part->cmsg_type != SCM_RIGHTS && !is_pidfd)) continue;
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
      if (is_pidfd) {
        if (fd >= 0) close(fd);
      } else if (taken == room) {
        close(fd);
        message->msg_flags |= MSG_CTRUNC;
      } else if (own_fd(environment, fd) >= 0) {
        out[taken++] = fd;
      }
    }
  }
  return (int32_t)taken;
}

// recvmsg(fd, buffers: Uint8Array[], flags, address: Uint8Array | null, out: Int32Array)
// -> bytes; out: the address's length, the message's flags, how many fds came, the fds
static napi_value recvmsg_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  struct iovec vector[MOST_BUFFERS];
  int fd = arg_fd(&args, 0);
  int count = arg_buffers(&args, 1, vector);
  int flags = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  span_t address = {NULL, 0};
  if (!arg_is_nullish(&args, 3)) address = arg_array(&args, 3, napi_uint8_array, 0);
  span_t out = arg_array(&args, 4, napi_int32_array, FDS);
  if (args.bad) return give(env, args.bad);
  size_t room = out.length - FDS;
  if (room > MOST_FDS) room = MOST_FDS;
  control_t control;
  struct msghdr message = {.msg_name = address.data,
                           .msg_namelen = (socklen_t)address.length,
                           .msg_iov = vector,
                           .msg_iovlen = (size_t)count,
                           .msg_control = &control,
                           .msg_controllen = OTHER_BYTES + CMSG_LEN(room * sizeof(int))};
  int64_t received = result_of(recvmsg(fd, &message, flags | MSG_CMSG_CLOEXEC));
  if (received < 0) return give(env, received);
  int32_t *words = out.data;
  words[ADDRESS_LENGTH] = (int32_t)message.msg_namelen;
  words[FD_COUNT] = take_fds(environment_of(env), &message, words + FDS, room);
  words[FLAGS] = message.msg_flags & ~MSG_CMSG_CLOEXEC;
  return give(env, received);
}

void init_message(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"send", send_},         {"recv", recv_},
                                         {"sendto", sendto_},     {"recvfrom", recvfrom_},
                                         {"sendmsg", sendmsg_},   {"recvmsg", recvmsg_}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"MSG_OOB", MSG_OOB},           {"MSG_PEEK", MSG_PEEK},
      {"MSG_DONTWAIT", MSG_DONTWAIT}, {"MSG_EOR", MSG_EOR},
      {"MSG_WAITALL", MSG_WAITALL},   {"MSG_NOSIGNAL", MSG_NOSIGNAL},
      {"MSG_MORE", MSG_MORE},         {"MSG_TRUNC", MSG_TRUNC},
      {"MSG_CTRUNC", MSG_CTRUNC},     {"MSG_ERRQUEUE", MSG_ERRQUEUE},
      {"MSG_CMSG_CLOEXEC", MSG_CMSG_CLOEXEC}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
