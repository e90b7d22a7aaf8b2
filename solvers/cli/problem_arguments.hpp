// The data and the problem on the command line, as `train` and `path` share them.
#pragma once

#include "command_line.hpp"
#include "train_options.hpp"

namespace sounder::cli {

/// Into the group that was begun last: what DATA's indices mean.
void describe_index_arguments(CommandLine& line);

/// Into the group that was begun last: how to read DATA, labels included.
void describe_data_arguments(CommandLine& line);

/// Into the group that was begun last: --values alone.
void describe_values(CommandLine& line);

/// What --values says. @throws UsageError
[[nodiscard]] Values read_values(const Arguments& arguments);

/// Into the group that was begun last: the loss, the shape of the penalty, the intercept.
void describe_problem_arguments(CommandLine& line, const std::string& default_penalty);

/// Into the group that was begun last: the strength of the penalty.
void describe_strength(CommandLine& line);

/// What DATA's indices mean. @throws UsageError
void read_index_arguments(const Arguments& arguments, ReadOptions& read);

/// DATA and how to read it. @throws UsageError
void read_data_arguments(const Arguments& arguments, TrainOptions& options);

/// Everything of the problem but the penalty's strength. @throws UsageError
void read_problem_arguments(const Arguments& arguments, TrainOptions& options);

/// The strength of the penalty, which is known. @throws UsageError
void read_strength(const Arguments& arguments, TrainOptions& options);

/// --threads, or the cores that this process may use. @throws UsageError
[[nodiscard]] int read_threads(const Arguments& arguments);

/// Fills in MODEL where none was given, and refuses outputs that cannot be: a model on standard
/// output, or over the data. @param command the one that asks, for its sentence @throws UsageError
void settle_outputs(const std::string& command, TrainOptions& options);

/// @throws UsageError if this output is the data
void refuse_overwriting(const std::string& output, const std::string& data);

}  // namespace sounder::cli
