// Socket options, as one int or as bytes.
#include "addon.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

// Linux 4.20; older C libraries do not name it.
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

// getsockopt(fd, level, name) -> int
static napi_value getsockopt_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int level = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int name = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  int value = 0;
  socklen_t length = sizeof value;
  int64_t result = result_of(getsockopt(fd, level, name, &value, &length));
  return give(env, result < 0 ? result : value);
}

// setsockopt(fd, level, name, value) -> 0
static napi_value setsockopt_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int level = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int name = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  int value = (int)arg_int(&args, 3, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(setsockopt(fd, level, name, &value, sizeof value)));
}

// getsockoptBytes(fd, level, name, out: Uint8Array) -> bytes written
static napi_value getsockopt_bytes(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int level = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int name = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  span_t out = arg_array(&args, 3, napi_uint8_array, 0);
  if (args.bad) return give(env, args.bad);
  socklen_t length = (socklen_t)(out.length > INT32_MAX ? INT32_MAX : out.length);
  int64_t result = result_of(getsockopt(fd, level, name, out.data, &length));
  return give(env, result < 0 ? result : (int64_t)length);
}

// setsockoptBytes(fd, level, name, value: Uint8Array) -> 0
static napi_value setsockopt_bytes(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int level = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int name = (int)arg_int(&args, 2, INT32_MIN, INT32_MAX);
  span_t value = arg_array(&args, 3, napi_uint8_array, 0);
  if (value.length > INT32_MAX) args_fail(&args, 3, BAD_RANGE);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(setsockopt(fd, level, name, value.data, (socklen_t)value.length)));
}

void init_sockopt(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"getsockopt", getsockopt_},
                                         {"setsockopt", setsockopt_},
                                         {"getsockoptBytes", getsockopt_bytes},
                                         {"setsockoptBytes", setsockopt_bytes}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"SOL_SOCKET", SOL_SOCKET},     {"SO_REUSEADDR", SO_REUSEADDR},
      {"SO_TYPE", SO_TYPE},           {"SO_ERROR", SO_ERROR},
      {"SO_BROADCAST", SO_BROADCAST}, {"SO_SNDBUF", SO_SNDBUF},
      {"SO_RCVBUF", SO_RCVBUF},       {"SO_KEEPALIVE", SO_KEEPALIVE},
      {"SO_LINGER", SO_LINGER},       {"SO_REUSEPORT", SO_REUSEPORT},
      {"SO_PASSCRED", SO_PASSCRED},   {"SO_PEERCRED", SO_PEERCRED},
      {"SO_ACCEPTCONN", SO_ACCEPTCONN}, {"SO_PROTOCOL", SO_PROTOCOL},
      {"SO_DOMAIN", SO_DOMAIN},       {"SO_BINDTODEVICE", SO_BINDTODEVICE},
      {"SO_MEMINFO", SO_MEMINFO},
      {"IPPROTO_IP", IPPROTO_IP},     {"IPPROTO_TCP", IPPROTO_TCP},
      {"IPPROTO_UDP", IPPROTO_UDP},   {"IPPROTO_IPV6", IPPROTO_IPV6},
      {"TCP_NODELAY", TCP_NODELAY},   {"TCP_CORK", TCP_CORK},
      {"TCP_KEEPIDLE", TCP_KEEPIDLE}, {"TCP_KEEPINTVL", TCP_KEEPINTVL},
      {"TCP_KEEPCNT", TCP_KEEPCNT},   {"TCP_QUICKACK", TCP_QUICKACK},
      {"TCP_USER_TIMEOUT", TCP_USER_TIMEOUT}, {"TCP_DEFER_ACCEPT", TCP_DEFER_ACCEPT},
      {"TCP_FASTOPEN", TCP_FASTOPEN}, {"IP_TTL", IP_TTL}, {"IP_TOS", IP_TOS},
      {"IP_MULTICAST_TTL", IP_MULTICAST_TTL}, {"IP_MULTICAST_LOOP", IP_MULTICAST_LOOP},
      {"IP_MULTICAST_IF", IP_MULTICAST_IF}, {"IP_MULTICAST_ALL", IP_MULTICAST_ALL},
      {"IP_ADD_MEMBERSHIP", IP_ADD_MEMBERSHIP}, {"IP_DROP_MEMBERSHIP", IP_DROP_MEMBERSHIP},
      {"IPV6_V6ONLY", IPV6_V6ONLY},   {"IPV6_UNICAST_HOPS", IPV6_UNICAST_HOPS},
      {"IPV6_MULTICAST_HOPS", IPV6_MULTICAST_HOPS}, {"IPV6_MULTICAST_LOOP", IPV6_MULTICAST_LOOP},
      {"IPV6_MULTICAST_IF", IPV6_MULTICAST_IF}, {"IPV6_MULTICAST_ALL", IPV6_MULTICAST_ALL},
      {"IPV6_JOIN_GROUP", IPV6_JOIN_GROUP}, {"IPV6_LEAVE_GROUP", IPV6_LEAVE_GROUP}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
