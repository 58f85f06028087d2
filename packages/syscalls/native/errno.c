// The error numbers, so that the literals of errno.ts can be held against them.
#include "addon.h"

#define NUMBER(name) {#name, name}

void init_errno(napi_env env, napi_value exports) {
  static const constant_t constants[] = {
      NUMBER(EPERM),        NUMBER(ENOENT),      NUMBER(ESRCH),         NUMBER(EINTR),
      NUMBER(EIO),          NUMBER(ENXIO),       NUMBER(E2BIG),         NUMBER(ENOEXEC),
      NUMBER(EBADF),        NUMBER(ECHILD),      NUMBER(EAGAIN),        NUMBER(EWOULDBLOCK),
      NUMBER(ENOMEM),       NUMBER(EACCES),      NUMBER(EFAULT),        NUMBER(EBUSY),
      NUMBER(EEXIST),       NUMBER(ENODEV),      NUMBER(ENOTDIR),       NUMBER(EISDIR),
      NUMBER(EINVAL),       NUMBER(ENFILE),      NUMBER(EMFILE),        NUMBER(ENOTTY),
      NUMBER(EFBIG),        NUMBER(ENOSPC),      NUMBER(ESPIPE),        NUMBER(EROFS),
      NUMBER(EPIPE),        NUMBER(ENAMETOOLONG), NUMBER(ENOSYS),       NUMBER(ELOOP),
      NUMBER(EPROTO),       NUMBER(ENOTSOCK),    NUMBER(EDESTADDRREQ),  NUMBER(EMSGSIZE),
      NUMBER(EPROTOTYPE),   NUMBER(ENOPROTOOPT), NUMBER(EPROTONOSUPPORT), NUMBER(EOPNOTSUPP),
      NUMBER(EAFNOSUPPORT), NUMBER(EADDRINUSE),  NUMBER(EADDRNOTAVAIL), NUMBER(ENETDOWN),
      NUMBER(ENETUNREACH),  NUMBER(ENETRESET),   NUMBER(ECONNABORTED),  NUMBER(ECONNRESET),
      NUMBER(ENOBUFS),      NUMBER(EISCONN),     NUMBER(ENOTCONN),      NUMBER(ESHUTDOWN),
      NUMBER(ETIMEDOUT),    NUMBER(ECONNREFUSED), NUMBER(EHOSTDOWN),    NUMBER(EHOSTUNREACH),
      NUMBER(EALREADY),     NUMBER(EINPROGRESS), NUMBER(ECANCELED)};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
