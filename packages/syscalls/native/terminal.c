// Terminals: pairs of a controller and a terminal, their size and their modes.
#include "addon.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

// Four words of flags, then the control characters: `TermiosWord` in terminal.ts.
enum { INPUT, OUTPUT, CONTROL, LOCAL, CHARACTERS, TERMIOS_WORDS = CHARACTERS + NCCS };

static _Atomic bool has_peer = true;

// TIOCGPTPEER needs no path, so it is right in every mount namespace. Linux before 4.13
// has it not, and calls it EINVAL or EIO.
static int64_t open_terminal(int controller, unsigned number) {
  int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  if (atomic_load_explicit(&has_peer, memory_order_relaxed)) {
    int64_t peer = result_of(ioctl(controller, TIOCGPTPEER, flags));
    if (peer != -EINVAL && peer != -EIO && peer != -ENOTTY) return peer;
  }
  char path[32];
  snprintf(path, sizeof path, "/dev/pts/%u", number);
  return result_of(open(path, flags));
}

// The kernel gives a new terminal to whoever opens it: grantpt's helper is for systems
// whose /dev/pts is no devpts.
static int64_t open_pair(int fds[2], unsigned *number) {
  int unlocked = 0;
  int64_t result = fds[0] = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (result < 0) return -errno;
  result = result_of(ioctl(fds[0], TIOCSPTLCK, &unlocked));
  if (result == 0) result = result_of(ioctl(fds[0], TIOCGPTN, number));
  if (result == 0) result = open_terminal(fds[0], *number);
  if (result < 0) close(fds[0]);
  fds[1] = (int)result;
  return result < 0 ? result : 0;
}

// openpty(out: Int32Array) -> 0; out: the controller, the terminal, the N of /dev/pts/N
static napi_value openpty_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  span_t out = arg_array(&args, 0, napi_int32_array, 3);
  if (args.bad) return give(env, args.bad);
  int fds[2];
  unsigned number = 0;
  int64_t result = own_pair(environment_of(env), open_pair(fds, &number), fds, out.data);
  if (result == 0) ((int32_t *)out.data)[2] = (int32_t)number;
  return give(env, result);
}

// openptyUsePeer(0 | 1) -> what it was: for tests of the fallback.
static napi_value openpty_use_peer(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  bool use = arg_int(&args, 0, 0, 1) != 0;
  if (args.bad) return give(env, args.bad);
  return give(env, atomic_exchange(&has_peer, use));
}

// getWindowSize(fd, out: Int32Array) -> 0; out: columns, rows
static napi_value get_window_size(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t out = arg_array(&args, 1, napi_int32_array, 2);
  if (args.bad) return give(env, args.bad);
  struct winsize size;
  int64_t result = result_of(ioctl(fd, TIOCGWINSZ, &size));
  if (result < 0) return give(env, result);
  ((int32_t *)out.data)[0] = size.ws_col;
  ((int32_t *)out.data)[1] = size.ws_row;
  return give(env, 0);
}

// setWindowSize(fd, columns, rows) -> 0
static napi_value set_window_size(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  struct winsize size = {0};
  size.ws_col = (unsigned short)arg_int(&args, 1, 0, UINT16_MAX);
  size.ws_row = (unsigned short)arg_int(&args, 2, 0, UINT16_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(ioctl(fd, TIOCSWINSZ, &size)));
}

// tcgetattr(fd, out: Int32Array) -> 0
static napi_value tcgetattr_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  span_t out = arg_array(&args, 1, napi_int32_array, TERMIOS_WORDS);
  if (args.bad) return give(env, args.bad);
  struct termios mode;
  memset(&mode, 0, sizeof mode);
  int64_t result = result_of(tcgetattr(fd, &mode));
  if (result < 0) return give(env, result);
  int32_t *words = out.data;
  words[INPUT] = (int32_t)mode.c_iflag;
  words[OUTPUT] = (int32_t)mode.c_oflag;
  words[CONTROL] = (int32_t)mode.c_cflag;
  words[LOCAL] = (int32_t)mode.c_lflag;
  for (int i = 0; i < NCCS; i++) words[CHARACTERS + i] = mode.c_cc[i];
  return give(env, 0);
}

// tcsetattr(fd, when, words: Int32Array) -> 0. The speeds stay.
static napi_value tcsetattr_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int when = (int)arg_int(&args, 1, TCSANOW, TCSAFLUSH);
  span_t in = arg_array(&args, 2, napi_int32_array, TERMIOS_WORDS);
  if (args.bad) return give(env, args.bad);
  struct termios mode;
  memset(&mode, 0, sizeof mode);
  int64_t result = result_of(tcgetattr(fd, &mode));
  if (result < 0) return give(env, result);
  const int32_t *words = in.data;
  mode.c_iflag = (tcflag_t)words[INPUT];
  mode.c_oflag = (tcflag_t)words[OUTPUT];
  mode.c_cflag = (tcflag_t)words[CONTROL];
  mode.c_lflag = (tcflag_t)words[LOCAL];
  for (int i = 0; i < NCCS; i++) mode.c_cc[i] = (cc_t)words[CHARACTERS + i];
  return give(env, result_of(tcsetattr(fd, when, &mode)));
}

// isatty(fd) -> 1, or -errno: -ENOTTY for what is no terminal
static napi_value isatty_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  if (args.bad) return give(env, args.bad);
  return give(env, isatty(fd) ? 1 : -errno);
}

void init_terminal(napi_env env, napi_value exports) {
  static const function_t functions[] = {
      {"openpty", openpty_},           {"openptyUsePeer", openpty_use_peer},
      {"getWindowSize", get_window_size}, {"setWindowSize", set_window_size},
      {"tcgetattr", tcgetattr_},       {"tcsetattr", tcsetattr_},
      {"isatty", isatty_}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"BRKINT", BRKINT}, {"ICRNL", ICRNL},   {"IGNBRK", IGNBRK}, {"IGNCR", IGNCR},
      {"INLCR", INLCR},   {"ISTRIP", ISTRIP}, {"IXON", IXON},     {"PARMRK", PARMRK},
      {"OPOST", OPOST},   {"ONLCR", ONLCR},   {"CSIZE", CSIZE},   {"CS8", CS8},
      {"PARENB", PARENB}, {"ECHO", ECHO},     {"ECHONL", ECHONL}, {"ICANON", ICANON},
      {"IEXTEN", IEXTEN}, {"ISIG", ISIG},     {"VINTR", VINTR},   {"VEOF", VEOF},
      {"VTIME", VTIME},   {"VMIN", VMIN},     {"VSUSP", VSUSP},   {"TCSANOW", TCSANOW},
      {"TCSADRAIN", TCSADRAIN}, {"TCSAFLUSH", TCSAFLUSH}, {"TERMIOS_WORDS", TERMIOS_WORDS}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
