// Options for the data and the problem, which `train` and `path` share.
#pragma once

#include "command_line.hpp"
#include "train_options.hpp"

namespace sounder::cli {

/// Adds to the current group: what DATA's indices mean.
void describe_index_arguments(CommandLine& line);

/// Adds to the current group: how to read DATA, including labels.
void describe_data_arguments(CommandLine& line);

/// Adds to the current group: --values alone.
void describe_values(CommandLine& line);

/// The value of --values. @throws UsageError
[[nodiscard]] Values read_values(const Arguments& arguments);

/// Adds to the current group: the loss, the kind of penalty, the intercept.
void describe_problem_arguments(CommandLine& line, const std::string& default_penalty);

/// Reads what DATA's indices mean. @throws UsageError
void read_index_arguments(const Arguments& arguments, ReadOptions& read);

/// Reads DATA and how to read it. @throws UsageError
void read_data_arguments(const Arguments& arguments, TrainOptions& options);

/// Reads everything about the problem except the penalty's strength. @throws UsageError
void read_problem_arguments(const Arguments& arguments, TrainOptions& options);

/// --threads, or the cores that this process may use. @throws UsageError
[[nodiscard]] int read_threads(const Arguments& arguments);

/// Fills in MODEL if it was not given, and refuses impossible outputs: a model on standard output,
/// or one that overwrites the data. @param command name of the command for the message @throws
/// UsageError
void settle_outputs(const std::string& command, TrainOptions& options);

/// Refuses an output that would overwrite the data. @throws UsageError
void refuse_overwriting(const std::string& output, const std::string& data);

}  // namespace sounder::cli
