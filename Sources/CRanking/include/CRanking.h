// Loops of the rankers that must be as fast as the processor allows: compiled for AVX-512, AVX2 and baseline in one
// binary, chosen when the program starts.
#ifndef CRANKING_H
#define CRANKING_H

#include <stddef.h>
#include <stdint.h>

/// Sum of the products of `count` pairs.
float cr_dot(const float *left, const float *right, size_t count);

/// Sum of `count` numbers.
float cr_sum(const float *values, size_t count);

/// The largest of `count` numbers, 0 if there are none.
uint32_t cr_largest(const uint32_t *values, size_t count);

/// `destination[i] += factor * source[i]`.
void cr_add_scaled(float *destination, const float *source, float factor, size_t count);

/// The products of `rows` rows of `width` floats with one vector.
void cr_products(const float *matrix, const float *vector, float *products, size_t rows, size_t width);

/// Takes from every score above 0 the product of its row of `width` floats, a multiple of 16, with a vector, times its norm; down
/// to 0. Scores of 0 stay.
///
/// `touched`: room for `rows` numbers.
void cr_take_products(
    float *scores, const float *matrix, const float *vector, const float *norms, uint32_t *touched, size_t rows, size_t width);

/// `values[i] = log(values[i] * factor + share * popularity[i])`, to about 1e-6.
void cr_log_shares(float *values, const float *popularity, float factor, float share, size_t count);

/// Rows of one side of implicit-feedback matrix factorization, solved by conjugate gradients (Takács, Pilászy and Tikk,
/// "Applications of the conjugate gradient method for implicit feedback collaborative filtering", 2011).
typedef struct {
    /// Where each row's entries begin, `rows + 1` of them; columns and confidences of the entries. The confidence of a
    /// pair that is not there is 1, so these are what is above it.
    const int64_t *offsets;
    const uint32_t *columns;
    const float *confidences;
    /// Factors of the other side, `[columns, width]`, and the sum of their outer products with the penalty on its
    /// diagonal, `[width, width]`.
    const float *fixed;
    const float *gram;
    /// A multiple of 16, at most 1024.
    size_t width;
    /// Steps of the method for each row.
    size_t steps;
} cr_factor_problem;

/// Improves the factors of the rows from `first` up to `last`, `[rows, width]`, beginning with what is there.
void cr_solve_factors(const cr_factor_problem *problem, float *factors, size_t first, size_t last);

/// A part of the description of ratings, such as all that is known of the user: rows of features, each row shared by
/// many ratings (the relation blocks of Rendle, "Scaling factorization machines to relational data", 2013).
typedef struct {
    size_t rows;
    size_t features;
    /// The row of each rating.
    const uint32_t *row_of_case;
    /// By feature: where its entries begin, `features + 1` of them; the row and the value of each entry.
    const int64_t *offsets;
    const uint32_t *entries;
    const float *values;
    /// Of each feature, the number of its prior.
    const uint32_t *groups;
} cr_rating_block;

/// The normal distribution that the weights of a group come from; of groups without a positive precision the weights stay
/// as they are.
typedef struct {
    double mean;
    double precision;
} cr_rating_prior;

/// Adds to each of `cases` numbers that of its row: `destination[n] += sums[row of n]`.
void cr_rating_gather(const cr_rating_block *block, size_t cases, const float *sums, float *destination);

/// Draws one weight for each feature of a block from what the ratings and all other weights leave it (Gibbs sampling of a
/// factorization machine: Rendle, "Factorization machines with libFM", 2012).
///
/// `others`: of each rating, the sum of this factor over all blocks, this one included, kept up to date; null: weights
/// count for themselves.
/// `precision`: of the ratings' noise.
/// `errors`: prediction less rating, kept up to date.
/// `weights`: of the features. `sums`: of the rows, values times weights, kept up to date.
/// `scratch`: room for three numbers a row. `state`: of SplitMix64.
void cr_rating_sweep(
    const cr_rating_block *block, size_t cases, float *others, double precision, const cr_rating_prior *priors, float *errors,
    float *weights, float *sums, double *scratch, uint64_t *state);

/// Compressed rows: where each row's entries begin, `rows + 1` of them; column and value of each entry.
typedef struct {
    size_t rows;
    const int64_t *offsets;
    const uint32_t *columns;
    const float *values;
} cr_sparse_matrix;

/// Rows of the product with a dense matrix: `products[row] = sum over the row's entries of value * dense[column]`, for the rows
/// from `first` up to `last`, each `width` floats, a multiple of 16.
void cr_sparse_products(
    const cr_sparse_matrix *matrix, const float *dense, float *products, size_t width, size_t first, size_t last);

/// Multiplies `RᵀR`, for a sparse matrix `R`, with a dense matrix `[columns, width]` into `products`, of the same shape.
///
/// - `width`: 1, or a multiple of 16.
void cr_gram_products(const cr_sparse_matrix *matrix, const float *dense, float *products, size_t columns, size_t width);

/// A session like one that is asked for: its items from `first` up to `last`, where the item stands that both share, and what it
/// counts.
typedef struct {
    size_t first;
    size_t last;
    size_t shared;
    float weight;
} cr_session;

/// What sessions said for an item, and which of them spoke last, counted from 1.
typedef struct {
    float sum;
    uint32_t speaker;
} cr_tally;

/// Scores items by what sessions say for them: `weight * nearness[d]` for an item `d` steps from the shared one, once for each
/// session, from where it is nearest, times the item's rarity.
///
/// `items`: of all sessions. `nearness`: falling, for as many steps as the longest session has. `tallies`: room for one an item.
void cr_session_scores(
    const cr_session *sessions, size_t count, const uint32_t *items, const float *nearness, cr_tally *tallies, const float *rarities,
    float *scores, size_t item_count);

/// An index and its score.
typedef struct {
    float score;
    uint32_t index;
} cr_scored;

/// Finds the `k` highest of `count` scores, sorted, the highest first; of equal scores the lower index comes first. Scores that
/// are not a number rank below all others, as minus infinity.
///
/// `mask`: one bit for each score, from the lowest bit of the first word on, set where the score counts; null: all count.
/// `best`: room for `k` entries.
/// Returns how many there are: `k`, or fewer when fewer count.
size_t cr_top_k(const float *scores, const uint64_t *mask, size_t count, size_t k, cr_scored *best);

/// Vectors that `cr_best_products` takes together.
#define CR_VECTORS_AT_ONCE 64

/// Floats that the panels of a matrix of `rows` rows of `width` floats take.
size_t cr_panels_count(size_t rows, size_t width);

/// Lays a matrix out so that the products of many vectors with all rows stream through it once: 32 rows side by side.
void cr_pack_panels(const float *matrix, size_t rows, size_t width, float *panels);

/// What is searched for the rows whose products with a vector are the largest.
typedef struct {
    /// Of `cr_pack_panels`.
    const float *panels;
    size_t rows;
    size_t width;
    /// Rows of each vector that do not count, ascending: `excluded[offsets[v]]` up to `excluded[offsets[v + 1]]`, with
    /// `CR_VECTORS_AT_ONCE + 1` offsets.
    const int64_t *offsets;
    const uint32_t *excluded;
    /// How many are wanted of each vector.
    size_t k;
} cr_product_search;

/// Finds for each of `CR_VECTORS_AT_ONCE` vectors the `k` rows with the largest products, in the order of `cr_top_k`. Where
/// fewer rows than `k` count, excluded ones follow with minus infinity.
///
/// `best`: room for `k` entries of each vector. `found`: how many there are of each.
void cr_best_products(const cr_product_search *search, const float *vectors, cr_scored *best, size_t *found);

#endif
