// Making sockets and their connections. Addresses are the kernel's sockaddrs, as
// bytes; address.ts writes and reads them.
#include "addon.h"

#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#define NEW_SOCKET (SOCK_NONBLOCK | SOCK_CLOEXEC)

// socket(domain, type, protocol) -> fd
static napi_value socket_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int domain = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  int type = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int protocol = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  int64_t fd = result_of(socket(domain, type | NEW_SOCKET, protocol));
  return give(env, own_fd(environment_of(env), fd));
}

// socketpair(domain, type, protocol, out: Int32Array) -> 0
static napi_value socketpair_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int domain = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  int type = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int protocol = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  span_t out = arg_array(&args, 3, napi_int32_array, 2);
  if (args.bad) return give(env, args.bad);
  int fds[2];
  int64_t result = result_of(socketpair(domain, type | SOCK_CLOEXEC, protocol, fds));
  return give(env, own_pair(environment_of(env), result, fds, out.data));
}

// bind(fd, address: Uint8Array, length?) -> 0
static napi_value bind_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t address = arg_address(&args, 1);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(bind(fd, address.data, (socklen_t)address.length)));
}

// connect(fd, address: Uint8Array, length?) -> 0, or -EINPROGRESS
static napi_value connect_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t address = arg_address(&args, 1);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(connect(fd, address.data, (socklen_t)address.length)));
}

// listen(fd, backlog) -> 0
static napi_value listen_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int backlog = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(listen(fd, backlog)));
}

// accept4(fd, address?: Uint8Array, out?: Int32Array) -> fd; out[0] is the address's length
static napi_value accept4_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t address = {NULL, 0}, out = {NULL, 0};
  if (!arg_is_nullish(&args, 1)) address = arg_array(&args, 1, napi_uint8_array, 0);
  if (!arg_is_nullish(&args, 2)) out = arg_array(&args, 2, napi_int32_array, 1);
  if (args.bad) return give(env, args.bad);
  socklen_t length = (socklen_t)address.length;
  int64_t peer = result_of(
      accept4(fd, address.data, address.data == NULL ? NULL : &length, NEW_SOCKET));
  peer = own_fd(environment_of(env), peer);
  if (peer >= 0 && out.data != NULL) *(int32_t *)out.data = (int32_t)length;
  return give(env, peer);
}

typedef int (*name_call)(int fd, struct sockaddr *address, socklen_t *length);

static napi_value name_of(napi_env env, napi_callback_info info, name_call call) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t address = arg_array(&args, 1, napi_uint8_array, 0);
  if (args.bad) return give(env, args.bad);
  socklen_t length = (socklen_t)address.length;
  int64_t result = result_of(call(fd, address.data, &length));
  return give(env, result < 0 ? result : (int64_t)length);
}

// getsockname(fd, address: Uint8Array) -> length of the address
static napi_value getsockname_(napi_env env, napi_callback_info info) {
  return name_of(env, info, getsockname);
}

// getpeername(fd, address: Uint8Array) -> length of the address
static napi_value getpeername_(napi_env env, napi_callback_info info) {
  return name_of(env, info, getpeername);
}

// shutdown(fd, how) -> 0
static napi_value shutdown_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int how = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(shutdown(fd, how)));
}

// ifNameToIndex(name: Uint8Array) -> index of the interface
static napi_value if_name_to_index(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  span_t name = arg_array(&args, 0, napi_uint8_array, 1);
  if (name.length >= IF_NAMESIZE) args_fail(&args, 0, BAD_RANGE);
  if (args.bad) return give(env, args.bad);
  char text[IF_NAMESIZE] = {0};
  memcpy(text, name.data, name.length);
  unsigned int index = if_nametoindex(text);
  return give(env, index == 0 ? -errno : (int64_t)index);
}

void init_socket(napi_env env, napi_value exports) {
  static const function_t functions[] = {
      {"socket", socket_},   {"socketpair", socketpair_},   {"bind", bind_},
      {"connect", connect_}, {"listen", listen_},           {"accept4", accept4_},
      {"shutdown", shutdown_}, {"getsockname", getsockname_}, {"getpeername", getpeername_},
      {"ifNameToIndex", if_name_to_index}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"AF_UNSPEC", AF_UNSPEC},       {"AF_UNIX", AF_UNIX},     {"AF_INET", AF_INET},
      {"AF_INET6", AF_INET6},         {"AF_NETLINK", AF_NETLINK},
      {"SOCK_STREAM", SOCK_STREAM},   {"SOCK_DGRAM", SOCK_DGRAM},
      {"SOCK_SEQPACKET", SOCK_SEQPACKET}, {"SOCK_RAW", SOCK_RAW},
      {"SOCK_NONBLOCK", SOCK_NONBLOCK}, {"SOCK_CLOEXEC", SOCK_CLOEXEC},
      {"SHUT_RD", SHUT_RD},           {"SHUT_WR", SHUT_WR},     {"SHUT_RDWR", SHUT_RDWR},
      {"SOMAXCONN", SOMAXCONN}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
