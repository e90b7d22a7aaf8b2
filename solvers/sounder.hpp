/// @mainpage
/// Lock-free multicore solvers for sparse linear models.
///
/// A file becomes a Dataset. A Dataset, a loss and a penalty make a Problem. A solver works on the
/// Problem while a Trace watches, and returns a Result. fit() does all this in one call.
///
/// Letters: X has n rows (samples), p columns (features) and nnz entries; y are targets, s sample
/// weights, w coefficients, b the intercept. Spans are views: the caller keeps the arrays alive.
///
/// Threads: unless its comment says otherwise, a function outside of a class may be called by any
/// number of threads at once. An object may be used by any number of threads through its const
/// functions, or by one thread, like objects of the standard library. There is no global state, and
/// nothing prints.
///
/// Errors: std::invalid_argument for options and shapes, InputError for files, std::bad_alloc if
/// memory runs out; numerical trouble is reported as a Status.
///
/// @namespace sounder
/// Everything public. What is in sounder::detail may change at any time.

// All public headers, in the order in which a user needs them. Each header may be included by
// itself and compiles faster than all of them.
#pragma once

/// The version as text. CMake and the program read it here.
#define SOUNDER_VERSION "0.1.0"

// 1. One call: fit() takes a matrix and labels and returns a model. choose_solver() picks the
// solver; the model predicts, and is saved and loaded in LIBLINEAR's format.
#include <sounder/solvers/choose_solver.hpp>
#include <sounder/solvers/fit.hpp>
#include <sounder/solvers/model/labels.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>
#include <sounder/solvers/model/linear_model.hpp>
#include <sounder/solvers/model/model_file.hpp>

// 2. Data: from a LIBSVM file, from vectors of rows, from your own arrays, or generated. For
// Eigen's matrices include <sounder/engine/matrix/eigen_matrix.hpp>, left out here because it needs
// Eigen.
#include <sounder/datasets/dataset.hpp>
#include <sounder/datasets/generate.hpp>
#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/datasets/libsvm_writer.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_from_rows.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

// 3. What is minimised: a Problem is data, a loss and a penalty. The concepts Loss and Penalty say
// how to write your own.
#include <sounder/solvers/loss/losses.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>
#include <sounder/solvers/problem/problem.hpp>

// 4. Solvers. By rows: hogwild on all threads without waiting; sgd and saga in the serial order,
// with the same bits at any number of threads, as dual_cd, which climbs the dual of an l2 problem.
#include <sounder/solvers/dual_cd.hpp>
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/saga.hpp>
#include <sounder/solvers/sgd.hpp>
// By the Hessian: newton, for l2 problems of few columns above all.
#include <sounder/solvers/newton.hpp>
// By columns: cd for sparse models, and for the hinge with any penalty, bounds or an intercept;
// shotgun, block_greedy and block_cd, for smooth losses, update several coefficients at once, and
// newton_epochs, passed to these three, helps them to reach small tolerances.
#include <sounder/solvers/block_cd.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/newton/newton_epochs.hpp>
#include <sounder/solvers/shotgun.hpp>
// Simulated cores: virtual_hogwild, virtual_shotgun and virtual_block_greedy.
#include <sounder/solvers/virtual_cores.hpp>

// 5. How a run went: a Result with its Status and Certificate. A Trace watches a run and may end
// it; on_epoch() makes one from a function.
#include <sounder/engine/run/on_epoch.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/driver/certificate.hpp>

// 6. How strong the penalty should be: lambda_max is the least strength that leaves only zeros, a
// path goes down from there, and cross-validation scores it.
#include <sounder/solvers/path/cross_validation.hpp>
#include <sounder/solvers/path/lambda_max.hpp>
#include <sounder/solvers/path/regularization_path.hpp>
#include <sounder/solvers/path/warm_cd.hpp>

// 7. How parallel the data is: conflicts between rows, P* of columns, products between blocks.
#include <sounder/engine/analysis/conflicts.hpp>
#include <sounder/engine/analysis/spectral_radius.hpp>
#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/solvers/blocks/block_quality.hpp>
#include <sounder/solvers/blocks/feature_blocks.hpp>

// 8. The engine, for your own solvers: threads, schedules, random numbers, and how threads meet on
// a shared vector (Relaxed, Atomic, Locked, and Counting, which counts their conflicts).
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/shared/counting.hpp>
#include <sounder/engine/shared/locked.hpp>
#include <sounder/engine/shared/replay.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/threads/schedule.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/run.hpp>
