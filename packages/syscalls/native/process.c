#include "addon.h"

void init_process(napi_env env, napi_value exports) {
  (void)env;
  (void)exports;
}
