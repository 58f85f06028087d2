#include "addon.h"

void init_fd(napi_env env, napi_value exports) {
  (void)env;
  (void)exports;
}
