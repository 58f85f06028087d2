// What is done to an fd of any kind. New fds are close-on-exec whatever the flags say.
#include "addon.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the headers that this builds with.
#define MFD_CLOEXEC_ 0x1
#define MFD_ALLOW_SEALING_ 0x2
#define MFD_NOEXEC_SEAL_ 0x8
#define MFD_EXEC_ 0x10

// read(fd, buffer: Uint8Array, offset, length) -> bytes, 0 at the end
static napi_value read_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t bytes = arg_slice(&args, 1);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(read(fd, bytes.data, bytes.length)));
}

// write(fd, buffer: Uint8Array, offset, length) -> bytes
static napi_value write_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t bytes = arg_slice(&args, 1);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(write(fd, bytes.data, bytes.length)));
}

// readv(fd, buffers: Uint8Array[]) -> bytes
static napi_value readv_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  struct iovec vector[MOST_BUFFERS];
  int fd = arg_fd(&args, 0);
  int count = arg_buffers(&args, 1, vector);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(readv(fd, vector, count)));
}

// writev(fd, buffers: Uint8Array[]) -> bytes
static napi_value writev_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  struct iovec vector[MOST_BUFFERS];
  int fd = arg_fd(&args, 0);
  int count = arg_buffers(&args, 1, vector);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(writev(fd, vector, count)));
}

// sendfile(to, from, offset, length) -> bytes, 0 at the end of the file
static napi_value sendfile_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int to = arg_fd(&args, 0);
  int from = arg_fd(&args, 1);
  // Whole numbers end there in JavaScript; the kernel's offsets go further.
  off_t offset = (off_t)arg_int(&args, 2, 0, (int64_t)1 << 53);
  size_t length = (size_t)arg_int(&args, 3, 0, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(sendfile(to, from, &offset, length)));
}

// close(fd) -> 0. Linux has closed the fd even when it says EINTR.
static napi_value close_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  if (args.bad) return give(env, args.bad);
  disown_fd(environment_of(env), fd);
  int64_t result = result_of(close(fd));
  return give(env, result == -EINTR ? 0 : result);
}

// pipe2(out: Int32Array, flags) -> 0; out[0] reads, out[1] writes
static napi_value pipe2_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  span_t out = arg_array(&args, 0, napi_int32_array, 2);
  int flags = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  int fds[2];
  int64_t result = result_of(pipe2(fds, flags | O_CLOEXEC));
  return give(env, own_pair(environment_of(env), result, fds, out.data));
}

// eventfd(initial, flags) -> fd
static napi_value eventfd_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  unsigned initial = (unsigned)arg_int(&args, 0, 0, UINT32_MAX);
  int flags = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, own_fd(environment_of(env), result_of(eventfd(initial, flags | EFD_CLOEXEC))));
}

// memfdCreate(name: Uint8Array of one NUL-ended string, flags) -> fd
static napi_value memfd_create_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  span_t name = arg_array(&args, 0, napi_uint8_array, 1);
  int flags = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (name.length > 0 && ((const char *)name.data)[name.length - 1] != '\0')
    args_fail(&args, 0, BAD_RANGE);
  if (args.bad) return give(env, args.bad);
  int64_t fd = result_of(syscall(SYS_memfd_create, name.data, flags | MFD_CLOEXEC_));
  return give(env, own_fd(environment_of(env), fd));
}

// dup(fd) -> fd
static napi_value dup_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  if (args.bad) return give(env, args.bad);
  return give(env, own_fd(environment_of(env), result_of(fcntl(fd, F_DUPFD_CLOEXEC, 0))));
}

// dup3(from, to, flags) -> to
static napi_value dup3_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int from = arg_fd(&args, 0);
  int to = arg_fd(&args, 1);
  int flags = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, own_fd(environment_of(env), result_of(dup3(from, to, flags | O_CLOEXEC))));
}

// fcntl(fd, command, argument) -> value. Only commands whose argument is an integer:
// an integer where the kernel wants a pointer would let it write anywhere.
static napi_value fcntl_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int command = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int argument = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  switch (command) {
  case F_DUPFD:
  case F_DUPFD_CLOEXEC:
    return give(env, own_fd(environment_of(env), result_of(fcntl(fd, F_DUPFD_CLOEXEC, argument))));
  case F_GETFD:
  case F_SETFD:
  case F_GETFL:
  case F_SETFL:
  case F_GETPIPE_SZ:
  case F_SETPIPE_SZ:
  case F_ADD_SEALS:
    return give(env, result_of(fcntl(fd, command, argument)));
  default:
    return give(env, -EINVAL);
  }
}

// adoptFd(fd) -> fd: this environment closes it when it ends.
static napi_value adopt_fd(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  if (args.bad) return give(env, args.bad);
  // An fd that is not open must not be closed later, when it may be somebody's.
  int64_t open = result_of(fcntl(fd, F_GETFD));
  return give(env, open < 0 ? open : own_fd(environment_of(env), fd));
}

// releaseFd(fd) -> fd: it outlives this environment.
static napi_value release_fd(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  if (args.bad) return give(env, args.bad);
  disown_fd(environment_of(env), fd);
  return give(env, fd);
}

void init_fd(napi_env env, napi_value exports) {
  static const function_t functions[] = {
      {"read", read_},         {"write", write_},        {"readv", readv_}, {"writev", writev_},
      {"sendfile", sendfile_},
      {"close", close_},       {"pipe2", pipe2_},        {"eventfd", eventfd_},
      {"memfdCreate", memfd_create_},                    {"dup", dup_},
      {"dup3", dup3_},         {"fcntl", fcntl_},        {"adoptFd", adopt_fd},
      {"releaseFd", release_fd}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"O_NONBLOCK", O_NONBLOCK},
      {"O_CLOEXEC", O_CLOEXEC},
      {"FD_CLOEXEC", FD_CLOEXEC},
      {"F_DUPFD", F_DUPFD},
      {"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC},
      {"F_GETFD", F_GETFD},
      {"F_SETFD", F_SETFD},
      {"F_GETFL", F_GETFL},
      {"F_SETFL", F_SETFL},
      {"F_GETPIPE_SZ", F_GETPIPE_SZ},
      {"F_SETPIPE_SZ", F_SETPIPE_SZ},
      {"F_ADD_SEALS", F_ADD_SEALS},
      {"F_SEAL_SEAL", F_SEAL_SEAL},
      {"F_SEAL_SHRINK", F_SEAL_SHRINK},
      {"F_SEAL_GROW", F_SEAL_GROW},
      {"F_SEAL_WRITE", F_SEAL_WRITE},
      {"MFD_CLOEXEC", MFD_CLOEXEC_},
      {"MFD_ALLOW_SEALING", MFD_ALLOW_SEALING_},
      {"MFD_NOEXEC_SEAL", MFD_NOEXEC_SEAL_},
      {"MFD_EXEC", MFD_EXEC_},
      {"EFD_CLOEXEC", EFD_CLOEXEC},
      {"EFD_NONBLOCK", EFD_NONBLOCK},
      {"EFD_SEMAPHORE", EFD_SEMAPHORE},
      {"IOV_MAX", MOST_BUFFERS}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
