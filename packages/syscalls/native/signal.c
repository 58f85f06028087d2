// Signals as bytes on an fd: the one process-wide state of this addon, because
// dispositions are the process's.
//
// The handler may run in any thread, at any moment: it touches nothing but
// atomics, the disposition that was there before, and write(2).
#include "addon.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define SIGNALS 65

typedef struct {
  environment_t *owner; // guarded by the mutex, as the installing is
  struct sigaction previous;
  _Atomic int fd; // -1 when nobody watches
} watch_t;

static watch_t watches[SIGNALS];
static _Atomic int running; // handlers between reading an fd and having used it
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void on_signal(int number, siginfo_t *info, void *context) {
  int saved = errno;
  watch_t *watch = &watches[number];
  atomic_fetch_add(&running, 1);
  int fd = atomic_load(&watch->fd);
  uint8_t byte = (uint8_t)number;
  // Full is fine: then there are bytes enough in it to wake its reader. But without a
  // reader the write raises SIGPIPE, and a watched SIGPIPE would bring us back for ever.
  if (fd >= 0 && write(fd, &byte, 1) < 0 && errno == EPIPE)
    atomic_compare_exchange_strong(&watch->fd, &fd, -1);
  struct sigaction previous = watch->previous;
  atomic_fetch_sub(&running, 1);
  if (previous.sa_flags & SA_SIGINFO)
    previous.sa_sigaction(number, info, context);
  else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
    previous.sa_handler(number);
  errno = saved;
}

static bool is_ours(const struct sigaction *action) {
  return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == on_signal;
}

static int64_t install(watch_t *watch, int number) {
  struct sigaction current;
  if (sigaction(number, NULL, &current) < 0) return -errno;
  if (is_ours(&current)) return 0;
  watch->previous = current;
  struct sigaction action = {.sa_sigaction = on_signal,
                             .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
  sigfillset(&action.sa_mask);
  return result_of(sigaction(number, &action, NULL));
}

static void uninstall(watch_t *watch, int number) {
  struct sigaction current;
  // Somebody may have put a handler over ours meanwhile: that one stays.
  if (sigaction(number, NULL, &current) == 0 && is_ours(&current))
    sigaction(number, &watch->previous, NULL);
  atomic_store(&watch->fd, -1);
  watch->owner = NULL;
  // Once nothing is running, the fd will not be written to any more and may be closed.
  while (atomic_load(&running) > 0) sched_yield();
}

void give_up_signals(environment_t *environment) {
  pthread_mutex_lock(&mutex);
  for (int number = 1; number < SIGNALS; number++)
    if (watches[number].owner == environment) uninstall(&watches[number], number);
  pthread_mutex_unlock(&mutex);
}

// A handler that returns from a real fault runs into it again, for ever.
static bool is_fault(int number) {
  return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL;
}

// signalWatch(signal, fd) -> 0
static napi_value signal_watch(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int number = (int)arg_int(&args, 0, 1, SIGNALS - 1);
  int fd = arg_fd(&args, 1);
  if (args.bad) return give(env, args.bad);
  int64_t flags = result_of(fcntl(fd, F_GETFL));
  if (flags < 0) return give(env, flags);
  // A handler that blocks could never be left.
  if (is_fault(number) || !(flags & O_NONBLOCK)) return give(env, -EINVAL);

  environment_t *environment = environment_of(env);
  watch_t *watch = &watches[number];
  pthread_mutex_lock(&mutex);
  int64_t result = -EBUSY;
  if (watch->owner == NULL || watch->owner == environment) {
    // Before the handler, which may run as soon as it is installed.
    atomic_store(&watch->fd, fd);
    result = install(watch, number);
    watch->owner = result == 0 ? environment : NULL;
  }
  pthread_mutex_unlock(&mutex);
  return give(env, result);
}

// signalUnwatch(signal) -> 0, or -ENOENT when this environment does not watch it
static napi_value signal_unwatch(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int number = (int)arg_int(&args, 0, 1, SIGNALS - 1);
  if (args.bad) return give(env, args.bad);
  watch_t *watch = &watches[number];
  pthread_mutex_lock(&mutex);
  int64_t result = -ENOENT;
  if (watch->owner == environment_of(env)) {
    uninstall(watch, number);
    result = 0;
  }
  pthread_mutex_unlock(&mutex);
  return give(env, result);
}

#define NUMBER(name) {#name, name}

void init_signal(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"signalWatch", signal_watch},
                                         {"signalUnwatch", signal_unwatch}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      NUMBER(SIGHUP),  NUMBER(SIGINT),    NUMBER(SIGQUIT), NUMBER(SIGILL),   NUMBER(SIGTRAP),
      NUMBER(SIGABRT), NUMBER(SIGBUS),    NUMBER(SIGFPE),  NUMBER(SIGKILL),  NUMBER(SIGUSR1),
      NUMBER(SIGSEGV), NUMBER(SIGUSR2),   NUMBER(SIGPIPE), NUMBER(SIGALRM),  NUMBER(SIGTERM),
      NUMBER(SIGCHLD), NUMBER(SIGCONT),   NUMBER(SIGSTOP), NUMBER(SIGTSTP),  NUMBER(SIGTTIN),
      NUMBER(SIGTTOU), NUMBER(SIGURG),    NUMBER(SIGXCPU), NUMBER(SIGXFSZ),  NUMBER(SIGVTALRM),
      NUMBER(SIGPROF), NUMBER(SIGWINCH),  NUMBER(SIGIO),   NUMBER(SIGPWR),   NUMBER(SIGSYS)};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
