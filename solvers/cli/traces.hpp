// Traces of the program: a table for the user, a CSV file for scripts.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <sounder/engine/run/trace.hpp>

namespace sounder::cli {

/// Passes everything on to several traces; any of them may end the run.
class Traces final : public Trace {
 public:
  void add(Trace& trace) { traces_.push_back(&trace); }

  Verdict epoch(const Progress& progress) override;
  [[nodiscard]] bool cancelled() const noexcept override;

 private:
  std::vector<Trace*> traces_;
};

/// A table on standard error. Long runs are thinned out: 1, 2, ..., 50, 60, ..., 100, 200, ...; on
/// a terminal a bar shows the epochs between.
class ProgressTable final : public Trace {
 public:
  ProgressTable();

  Verdict epoch(const Progress& progress) override;

  /// Ends the table: shows the last epoch if it was left out, and removes the bar.
  void finish();

 private:
  void show(const Progress& progress);

  bool terminal_;
  bool begun_ = false;
  std::optional<Progress> left_out_;
};

/// A CSV file (`-`: standard output) with a row an epoch, flushed so that it can be followed.
class CsvTrace final : public Trace {
 public:
  /// @throws std::system_error if the file cannot be made.
  explicit CsvTrace(const std::string& path);
  ~CsvTrace() override;

  Verdict epoch(const Progress& progress) override;

 private:
  void write(const std::string& text);

  std::string path_;
  std::FILE* file_;
};

}  // namespace sounder::cli
