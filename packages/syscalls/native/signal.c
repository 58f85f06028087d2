#include "addon.h"

void init_signal(napi_env env, napi_value exports) {
  (void)env;
  (void)exports;
}
