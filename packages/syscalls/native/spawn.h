// What the parent's and the child's half of a spawn share.
#ifndef TSYNCIO_SPAWN_H
#define TSYNCIO_SPAWN_H

#include "addon.h"

#define MOST_STDIO 256
// The kernel's sigset_t, whatever the C library makes of it.
#define SIGNALS 64
#define SIGNAL_SET_BYTES (SIGNALS / 8)

// `spawnSteps` in spawn.ts has the same list.
enum step { CLONE, SETSID, SETPGID, CHDIR, DUP, CLOEXEC, EXEC };

typedef struct {
  char **files; // what to try to execute, in order
  char **args;  // one free slot before args[0]
  char **env;
  const char *cwd;
  int stdio[MOST_STDIO];
  int stdio_count;
  bool new_session;
  int64_t process_group; // -1 for the parent's
  uint64_t signal_mask;
  enum step step; // where the child is, or where it failed
  int error;
} plan_t;

// child.c
int run_child(void *plan);
napi_value spawn_use_close_range(napi_env env, napi_callback_info info);

#endif
