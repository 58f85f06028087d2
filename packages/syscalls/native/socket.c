#include "addon.h"

void init_socket(napi_env env, napi_value exports) {
  (void)env;
  (void)exports;
}
