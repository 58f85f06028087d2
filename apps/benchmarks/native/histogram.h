// Latencies in nanoseconds: 64 buckets to each power of two, so 1.6 % wide at most.
#ifndef TSYNCIO_HISTOGRAM_H
#define TSYNCIO_HISTOGRAM_H

#include <stdint.h>
#include <string.h>

#define HISTOGRAM_BITS 6
#define HISTOGRAM_STEPS (1 << HISTOGRAM_BITS)

typedef struct {
  uint64_t counts[64 << HISTOGRAM_BITS];
  uint64_t total;
  uint64_t max;
} histogram_t;

static inline void histogram_add(histogram_t *histogram, uint64_t value) {
  int power = 63 - __builtin_clzll(value | HISTOGRAM_STEPS) - HISTOGRAM_BITS;
  histogram->counts[((uint64_t)power << HISTOGRAM_BITS) + (value >> power)]++;
  histogram->total++;
  if (value > histogram->max) histogram->max = value;
}

// The upper edge of the bucket that holds the given share of all values.
static inline uint64_t histogram_at(const histogram_t *histogram, double share) {
  uint64_t wanted = (uint64_t)((double)histogram->total * share), seen = 0;
  for (uint64_t i = 0; i < sizeof histogram->counts / sizeof histogram->counts[0]; i++) {
    seen += histogram->counts[i];
    if (seen <= wanted) continue;
    if (i < 2 * HISTOGRAM_STEPS) return i;
    uint64_t power = (i >> HISTOGRAM_BITS) - 1;
    return ((i - (power << HISTOGRAM_BITS) + 1) << power) - 1;
  }
  return histogram->max;
}

#endif
