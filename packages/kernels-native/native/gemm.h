/*
 * Matrix products from register tiles. One operand is packed into panels of up to TILE_VECTORS vectors; of the other, each
 * element is broadcast from memory. Every sum runs over the depth in the same order whatever the tile, so a row's result does
 * not depend on how rows are grouped.
 */
#ifndef HURWITZ_GEMM_H
#define HURWITZ_GEMM_H

#include "vector.h"

/* Inner products are cut to this length, so that a panel and the rows it meets stay in the cache. */
#define DEPTH 512

/* c (ROWS × VECTORS) = [c +] a · b; a has the stride `row` along its rows and `step` along the depth. */
INLINE void tile(const int ROWS, const int VECTORS, const float *a, size_t row, size_t step, const float *b, size_t depth,
                 float *c, size_t c_row, bool add) {
  vf sum[TILE_ROWS][TILE_VECTORS];
#pragma GCC unroll 8
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; ++v) sum[r][v] = add ? load(c + r * c_row + v * LANES) : splat(0);
  }
  /* Three rows from one pointer: what addresses reach with one stride. */
  const float *a3 = a + 3 * row;
  const float *a6 = a + 6 * row;
  for (size_t i = 0; i < depth; ++i) {
    vf column[TILE_VECTORS];
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; ++v) column[v] = load(b + v * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; ++r) {
      vf x = splat((r < 3 ? a : r < 6 ? a3 : a6)[(r % 3) * row]);
#pragma GCC unroll 4
      for (int v = 0; v < VECTORS; ++v) sum[r][v] += x * column[v];
    }
    a += step;
    a3 += step;
    a6 += step;
    b += VECTORS * LANES;
  }
#pragma GCC unroll 8
  for (int r = 0; r < ROWS; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; ++v) store(c + r * c_row + v * LANES, sum[r][v]);
  }
}

typedef void Tile(const float *a, size_t row, size_t step, const float *b, size_t depth, float *c, size_t c_row, bool add);

#define TILE(ROWS, VECTORS)                                                                                        \
  static void tile_##ROWS##_##VECTORS(const float *a, size_t row, size_t step, const float *b, size_t depth,      \
                                      float *c, size_t c_row, bool add) {                                         \
    tile(ROWS, VECTORS, a, row, step, b, depth, c, c_row, add);                                                    \
  }
#if TILE_VECTORS == 3
#define TILES_OF(ROWS) TILE(ROWS, 1) TILE(ROWS, 2) TILE(ROWS, 3)
#define NAMES_OF(ROWS) {tile_##ROWS##_1, tile_##ROWS##_2, tile_##ROWS##_3}
#else
#define TILES_OF(ROWS) TILE(ROWS, 1) TILE(ROWS, 2)
#define NAMES_OF(ROWS) {tile_##ROWS##_1, tile_##ROWS##_2}
#endif
TILES_OF(1)
TILES_OF(2)
TILES_OF(3)
TILES_OF(4)
TILES_OF(5)
#if TILE_ROWS > 5
TILES_OF(6)
#endif
#if TILE_ROWS > 6
TILES_OF(7)
TILES_OF(8)
#endif

static Tile *const tiles[TILE_ROWS][TILE_VECTORS] = {
    NAMES_OF(1), NAMES_OF(2), NAMES_OF(3), NAMES_OF(4), NAMES_OF(5),
#if TILE_ROWS > 5
    NAMES_OF(6),
#endif
#if TILE_ROWS > 6
    NAMES_OF(7), NAMES_OF(8),
#endif
};

/* `count` dealt out to as few parts of at most `most` as there must be, as evenly as possible: the first `tall` have one more. */
typedef struct {
  size_t parts, less, tall;
} Deal;
INLINE Deal deal(size_t count, size_t most) {
  size_t parts = (count + most - 1) / most;
  size_t less = parts == 0 ? 0 : count / parts;
  return (Deal){parts, less, count - less * parts};
}
INLINE size_t dealt(Deal d, size_t part) { return d.less + (part < d.tall ? 1 : 0); }

/* c (m × VECTORS) = [c +] a · panel. */
INLINE void strip(const float *a, size_t row, size_t step, const float *panel, size_t vectors, size_t depth, float *c,
                  size_t c_row, size_t m, bool add) {
  Deal rows = deal(m, TILE_ROWS);
  for (size_t i = 0; i < rows.parts; ++i) {
    size_t height = dealt(rows, i);
    tiles[height - 1][vectors - 1](a, row, step, panel, depth, c, c_row, add);
    a += height * row;
    c += height * c_row;
  }
}

/* c (m × n) = [c +] a (m × k) · b, with b packed by `pack` and n a multiple of WIDEST. */
static void gemm(const float *a, size_t row, const float *b, float *c, size_t c_row, size_t m, size_t n, size_t k, bool add) {
  Deal panels = deal(n / LANES, TILE_VECTORS);
  if (k == 0 && !add) {
    for (size_t r = 0; r < m; ++r) memset(c + r * c_row, 0, n * sizeof(float));
  }
  for (size_t from = 0; from < k; from += DEPTH) {
    size_t depth = k - from < DEPTH ? k - from : DEPTH;
    const float *panel = b;
    float *column = c;
    for (size_t p = 0; p < panels.parts; ++p) {
      size_t vectors = dealt(panels, p);
      strip(a + from, row, 1, panel + from * vectors * LANES, vectors, depth, column, c_row, m, add || from > 0);
      panel += k * vectors * LANES;
      column += vectors * LANES;
    }
  }
}

static void pack(float *target, size_t depth, size_t columns, const Block *block) {
  Deal panels = deal(columns / LANES, TILE_VECTORS);
  size_t first = 0;
  for (size_t p = 0; p < panels.parts; ++p) {
    size_t across = dealt(panels, p) * LANES;
    float *panel = target + first * depth;
    for (size_t i = 0; i < block->rows; ++i) {
      for (size_t j = 0; j < across; ++j) {
        size_t column = first + j - block->at_column;
        if (first + j < block->at_column || column >= block->columns) continue;
        panel[(block->at_row + i) * across + j] =
            block->source[i * block->row_stride + column * block->column_stride];
      }
    }
    first += across;
  }
}

/*
 * c (m × n) += pᵀ · q over `count` rows: the gradient of weights from all the rows of several steps at once. Where there is a
 * second p, laid out as the first, c2 += p2ᵀ · q too. `panel` is scratch for a packed strip of q.
 */
static void outer(const float *p, size_t p_row, size_t m, const float *q, size_t q_row, size_t n, float *c, size_t c_row,
                  size_t count, float *panel, const float *p2, float *c2) {
  Deal panels = deal(n / LANES, TILE_VECTORS);
  for (size_t from = 0; from < count; from += OUTER_ROWS) {
    size_t rows = count - from < OUTER_ROWS ? count - from : OUTER_ROWS;
    size_t column = 0;
    for (size_t part = 0; part < panels.parts; ++part) {
      size_t vectors = dealt(panels, part);
      const float *source = q + from * q_row + column;
      float *to = panel;
      for (size_t r = 0; r < rows; ++r) {
        for (size_t v = 0; v < vectors; ++v) store(to + v * LANES, load(source + v * LANES));
        source += q_row;
        to += vectors * LANES;
      }
      strip(p + from * p_row, 1, p_row, panel, vectors, rows, c + column, c_row, m, true);
      if (p2) strip(p2 + from * p_row, 1, p_row, panel, vectors, rows, c2 + column, c_row, m, true);
      column += vectors * LANES;
    }
  }
}

#endif
