/// @mainpage
/// Lock-free multicore solvers for sparse linear models.
///
/// A file becomes a Dataset, a Dataset and a loss and a penalty become a Problem, a solver works on
/// the Problem while a Trace watches, and a Result comes out. fit() does it in one call.
///
/// Letters: X has n rows (samples), p columns (features) and nnz entries; y are targets, s sample
/// weights, w coefficients, b is the intercept. Spans are views: whoever passes one keeps the
/// array.
///
/// Threads: unless a name says otherwise, functions outside of classes may be called by any number
/// of threads at once; an object may serve any number of threads through its const functions, or
/// one, as objects of the standard library do. There is no global state, and nothing prints.
///
/// Errors: std::invalid_argument for options and shapes, InputError for files, std::bad_alloc where
/// memory runs out; numerical trouble is a Status.
///
/// @namespace sounder
/// Everything public; what is in sounder::detail may change at any time.

// Everything public, each named once:
#pragma once

/// The version as text. CMake and the program read it here.
#define SOUNDER_VERSION "0.1.0"

// Threads, memory and what a run reports.
#include <sounder/engine/base/array.hpp>       // Array: what some functions give
#include <sounder/engine/base/random.hpp>      // RandomStream: random numbers by counter
#include <sounder/engine/run/on_epoch.hpp>     // on_epoch, StopTrace: watch a run, end it
#include <sounder/engine/run/result.hpp>       // Result, Status, Certificate
#include <sounder/engine/run/trace.hpp>        // Trace: watches a run, may end it
#include <sounder/engine/shared/counting.hpp>  // Counting<Update>: updates that count conflicts
#include <sounder/engine/shared/locked.hpp>    // Locked updates
#include <sounder/engine/shared/replay.hpp>    // VirtualWorkers, VirtualRun
#include <sounder/engine/shared/shared_vector.hpp>  // SharedVector; Relaxed, Atomic updates
#include <sounder/engine/threads/schedule.hpp>      // which rows a worker takes
#include <sounder/engine/threads/team.hpp>          // Team: the threads

// Data from where you have it. Eigen's matrices: <sounder/engine/matrix/eigen_matrix.hpp>, which is
// left out here because it needs Eigen.
#include <sounder/engine/matrix/csc_matrix.hpp>     // CscMatrix: columns of sparse data
#include <sounder/engine/matrix/csr_from_rows.hpp>  // csr_from_rows: lists of pairs, or of numbers
#include <sounder/engine/matrix/csr_matrix.hpp>  // CsrMatrix: rows of sparse data, viewed or owned

// How parallel data can be.
#include <sounder/engine/analysis/conflicts.hpp>        // Omega, Delta, rho, conflict degree
#include <sounder/engine/analysis/spectral_radius.hpp>  // of X^T X
#include <sounder/engine/matrix/column_counts.hpp>      // d_j, rows that hold a column

// Files and generated data.
#include <sounder/datasets/dataset.hpp>        // Dataset: matrix, labels, weights
#include <sounder/datasets/generate.hpp>       // generate_text, generate_regression
#include <sounder/datasets/libsvm_reader.hpp>  // read_libsvm
#include <sounder/datasets/libsvm_writer.hpp>  // write_libsvm

// What is minimised.
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/loss/squared_hinge.hpp>
#include <sounder/solvers/model/labels.hpp>     // labels as targets
#include <sounder/solvers/penalty/bounded.hpp>  // l1, l2 and bounds in one
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>
#include <sounder/solvers/problem/problem.hpp>  // Problem: data, loss, penalty

// Who minimises it, and what comes of it.
#include <sounder/solvers/block_cd.hpp>      // block_cd: small blocks jointly
#include <sounder/solvers/block_greedy.hpp>  // block_greedy: the best coordinate of each block
#include <sounder/solvers/blocks/block_quality.hpp>  // products between blocks, balance
#include <sounder/solvers/blocks/feature_blocks.hpp>  // features in blocks: random, clustered, balanced
#include <sounder/solvers/cd.hpp>                     // cd: coordinate descent on working sets
#include <sounder/solvers/choose_solver.hpp>          // what "automatic" comes to
#include <sounder/solvers/driver/certificate.hpp>      // objective and duality gap of a point
#include <sounder/solvers/fit.hpp>                     // fit: one call does it
#include <sounder/solvers/hogwild.hpp>                 // hogwild: lock-free SGD
#include <sounder/solvers/model/liblinear_format.hpp>  // models as text
#include <sounder/solvers/model/linear_model.hpp>      // LinearModel, predictions
#include <sounder/solvers/model/model_file.hpp>        // save_model, load_model
#include <sounder/solvers/newton/newton_epochs.hpp>  // newton_ending: Newton passes for the parallel ones
#include <sounder/solvers/path/cross_validation.hpp>     // scores along a path, fold by fold
#include <sounder/solvers/path/lambda_max.hpp>           // the smallest lambda with w = 0
#include <sounder/solvers/path/regularization_path.hpp>  // one problem at many strengths
#include <sounder/solvers/path/warm_cd.hpp>              // WarmCd: cd along a path
#include <sounder/solvers/sgd.hpp>                       // sgd: its serial twin
#include <sounder/solvers/shotgun.hpp>        // shotgun: lock-free parallel coordinate descent
#include <sounder/solvers/virtual_cores.hpp>  // virtual_hogwild, ...: on cores that are not there
