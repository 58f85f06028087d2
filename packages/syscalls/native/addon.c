// Entry point: one environment per thread, and a table of families.
#include "addon.h"

#include <sys/syscall.h>
#include <unistd.h>

void init_select(napi_env env, napi_value exports);
void init_poll(napi_env env, napi_value exports);
void init_epoll(napi_env env, napi_value exports);
void init_errno(napi_env env, napi_value exports);
void init_fd(napi_env env, napi_value exports);
void init_timer(napi_env env, napi_value exports);
void init_socket(napi_env env, napi_value exports);
void init_message(napi_env env, napi_value exports);
void init_sockopt(napi_env env, napi_value exports);
void init_spawn(napi_env env, napi_value exports);
void init_process(napi_env env, napi_value exports);
void init_foreground(napi_env env, napi_value exports);
void init_terminal(napi_env env, napi_value exports);
void init_signal(napi_env env, napi_value exports);
void init_host(napi_env env, napi_value exports);
void init_guard(napi_env env, napi_value exports);

environment_t *environment_of(napi_env env) {
  void *data = NULL;
  CHECK(env, napi_get_instance_data(env, &data));
  return data;
}

// The environment is going (a worker ends, or the process does). libuv handles
// must be closed first, and closing takes a turn of Node's loop; the fds follow.
static void on_cleanup(napi_async_cleanup_hook_handle handle, void *data) {
  (void)handle;
  environment_t *environment = data;
  environment->ending = true;
  give_up_signals(environment);
  close_hosts(environment);
  finish_cleanup(environment);
}

void finish_cleanup(environment_t *environment) {
  if (!environment->ending || environment->open_handles > 0) return;
  close_owned_fds(environment);
  napi_async_cleanup_hook_handle cleanup = environment->cleanup;
  free(environment->hosts);
  free(environment->owned);
  free(environment);
  napi_remove_async_cleanup_hook(cleanup);
}

NAPI_MODULE_INIT() {
  environment_t *environment = calloc(1, sizeof *environment);
  if (environment == NULL) {
    napi_throw_error(env, "ENOMEM", "tsyncio: no memory for the addon's state");
    return exports;
  }
  environment->env = env;
  environment->guard = -1;
  environment->is_worker = syscall(SYS_gettid) != getpid();
  CHECK(env, napi_set_instance_data(env, environment, NULL, NULL));
  CHECK(env, napi_add_async_cleanup_hook(env, on_cleanup, environment, &environment->cleanup));

  napi_value constants;
  CHECK(env, napi_create_object(env, &constants));
  if (napi_set_named_property(env, exports, "constants", constants) != napi_ok) return exports;
  init_select(env, exports);
  init_poll(env, exports);
  init_epoll(env, exports);
  init_errno(env, exports);
  init_fd(env, exports);
  init_timer(env, exports);
  init_socket(env, exports);
  init_message(env, exports);
  init_sockopt(env, exports);
  init_spawn(env, exports);
  init_process(env, exports);
  init_foreground(env, exports);
  init_terminal(env, exports);
  init_signal(env, exports);
  init_host(env, exports);
  init_guard(env, exports);
  return exports;
}
