// Reading JavaScript arguments without trusting them.
#include "addon.h"

args_t args_begin(napi_env env, napi_callback_info info) {
  args_t args = {.env = env, .count = MOST_ARGUMENTS, .bad = 0};
  CHECK(env, napi_get_cb_info(env, info, &args.count, args.value, NULL, NULL));
  return args;
}

void args_fail(args_t *args, int index, enum bad_kind kind) {
  if (args->bad == 0) args->bad = -(BAD_ARGUMENT + index * 2 + (int)kind);
}

double arg_double(args_t *args, int index) {
  double number;
  if ((size_t)index >= args->count ||
      napi_get_value_double(args->env, args->value[index], &number) != napi_ok) {
    args_fail(args, index, BAD_TYPE);
    return 0;
  }
  if (isnan(number)) {
    args_fail(args, index, BAD_RANGE);
    return 0;
  }
  return number;
}

int64_t arg_int(args_t *args, int index, int64_t least, int64_t most) {
  double number = arg_double(args, index);
  if (args->bad != 0) return 0;
  if (!(number >= (double)least && number <= (double)most) || number != (double)(int64_t)number) {
    args_fail(args, index, BAD_RANGE);
    return 0;
  }
  return (int64_t)number;
}

bool arg_is_nullish(args_t *args, int index) {
  if ((size_t)index >= args->count) return true;
  napi_valuetype type;
  CHECK(args->env, napi_typeof(args->env, args->value[index], &type));
  return type == napi_null || type == napi_undefined;
}

span_t arg_array(args_t *args, int index, napi_typedarray_type wanted, size_t least) {
  span_t none = {NULL, 0};
  napi_typedarray_type type;
  span_t span;
  if ((size_t)index >= args->count ||
      napi_get_typedarray_info(args->env, args->value[index], &type, &span.length, &span.data,
                               NULL, NULL) != napi_ok ||
      type != wanted) {
    args_fail(args, index, BAD_TYPE);
    return none;
  }
  if (span.length < least) {
    args_fail(args, index, BAD_RANGE);
    return none;
  }
  return span;
}

span_t arg_slice(args_t *args, int index) {
  span_t whole = arg_array(args, index, napi_uint8_array, 0);
  int64_t offset = arg_int(args, index + 1, 0, (int64_t)whole.length);
  int64_t length = arg_int(args, index + 2, 0, (int64_t)whole.length - offset);
  if (args->bad != 0) return (span_t){NULL, 0};
  return (span_t){(uint8_t *)whole.data + offset, (size_t)length};
}

span_t arg_address(args_t *args, int index) {
  span_t address = arg_array(args, index, napi_uint8_array, 0);
  if (arg_is_nullish(args, index + 1)) return address;
  address.length = (size_t)arg_int(args, index + 1, 0, (int64_t)address.length);
  return address;
}

static void forget_exception(napi_env env) {
  bool pending = false;
  napi_value ignored;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending)
    napi_get_and_clear_last_exception(env, &ignored);
}

int arg_buffers(args_t *args, int index, struct iovec *out) {
  bool is_array = false;
  uint32_t count = 0;
  if ((size_t)index >= args->count ||
      napi_is_array(args->env, args->value[index], &is_array) != napi_ok || !is_array) {
    args_fail(args, index, BAD_TYPE);
    return 0;
  }
  CHECK(args->env, napi_get_array_length(args->env, args->value[index], &count));
  if (count > MOST_BUFFERS) args_fail(args, index, BAD_RANGE);
  if (args->bad != 0) return 0;

  // Two passes: an element may be a getter, and what it runs may detach the
  // memory of a buffer that came before it.
  napi_value elements[MOST_BUFFERS];
  for (uint32_t i = 0; i < count; i++)
    if (napi_get_element(args->env, args->value[index], i, &elements[i]) != napi_ok) {
      forget_exception(args->env);
      args_fail(args, index, BAD_TYPE);
      return 0;
    }
  for (uint32_t i = 0; i < count; i++) {
    napi_typedarray_type type;
    if (napi_get_typedarray_info(args->env, elements[i], &type, &out[i].iov_len,
                                 &out[i].iov_base, NULL, NULL) != napi_ok ||
        type != napi_uint8_array) {
      args_fail(args, index, BAD_TYPE);
      return 0;
    }
  }
  return (int)count;
}

struct timespec *arg_timeout(args_t *args, int index, struct timespec *storage) {
  double milliseconds = arg_double(args, index);
  // A century is for ever, and keeps the arithmetic of the kernel from overflowing.
  if (milliseconds < 0 || milliseconds > 3.2e12) return NULL;
  double seconds = floor(milliseconds / 1e3);
  // Rounded up: a wait may be late, never early.
  double nanoseconds = ceil((milliseconds - seconds * 1e3) * 1e6);
  if (nanoseconds >= 1e9) {
    seconds += 1;
    nanoseconds = 0;
  }
  storage->tv_sec = (time_t)seconds;
  storage->tv_nsec = (long)nanoseconds;
  return storage;
}

napi_value give(napi_env env, int64_t value) {
  napi_value number;
  if (value >= INT32_MIN && value <= INT32_MAX)
    CHECK(env, napi_create_int32(env, (int32_t)value, &number));
  else
    CHECK(env, napi_create_double(env, (double)value, &number));
  return number;
}

// A worker that is terminated while it loads the addon makes these fail; its
// JavaScript will never see what is missing, so they stop without a word.
void define_functions(napi_env env, napi_value exports, const function_t *functions, size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL,
                             &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok)
      return;
  }
}

void define_constants(napi_env env, napi_value exports, const constant_t *constants, size_t count) {
  napi_value object;
  if (napi_get_named_property(env, exports, "constants", &object) != napi_ok) return;
  for (size_t i = 0; i < count; i++) {
    napi_value number;
    CHECK(env, napi_create_double(env, constants[i].value, &number));
    if (napi_set_named_property(env, object, constants[i].name, number) != napi_ok) return;
  }
}
