#include "traces.hpp"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <system_error>

#include <sounder/solvers/output/text.hpp>

namespace sounder::cli {
namespace {

/// Whether the table has a row for this epoch: up to 50 always, then those with one significant
/// digit.
bool worth_a_row(int epoch) {
  int step = 1;
  while (epoch >= 10 * step && epoch > 50) {
    step *= 10;
  }
  return epoch % step == 0;
}

std::string bar(int done, int all) {
  constexpr int width = 30;
  const int filled = all > 0 ? static_cast<int>(static_cast<double>(width) * done / all) : width;
  std::string text = "[" + std::string(static_cast<std::size_t>(filled), '#');
  text.append(static_cast<std::size_t>(width - filled), '.');
  return text + "] epoch " + std::to_string(done) + " of " + std::to_string(all);
}

constexpr const char* take_bar_away = "\r\033[K";

}  // namespace

Trace::Verdict Traces::epoch(const Progress& progress) {
  Verdict verdict = Verdict::go_on;
  for (Trace* const trace : traces_) {
    if (trace->epoch(progress) == Verdict::interrupt) {
      verdict = Verdict::interrupt;
    }
  }
  return verdict;
}

bool Traces::cancelled() const noexcept {
  for (const Trace* const trace : traces_) {
    if (trace->cancelled()) {
      return true;
    }
  }
  return false;
}

ProgressTable::ProgressTable() : terminal_(::isatty(STDERR_FILENO) != 0) {}

Trace::Verdict ProgressTable::epoch(const Progress& progress) {
  if (!begun_) {
    begun_ = true;
    std::fputs("\nepoch   seconds        objective   relative gap    nonzeros\n", stderr);
  }
  if (terminal_) {
    std::fputs(take_bar_away, stderr);
  }
  if (worth_a_row(progress.epoch)) {
    show(progress);
    left_out_.reset();
  } else {
    left_out_ = progress;
  }
  if (terminal_ && progress.epoch < progress.max_epochs) {
    std::fputs(bar(progress.epoch, progress.max_epochs).c_str(), stderr);
    std::fflush(stderr);
  }
  return Verdict::go_on;
}

void ProgressTable::show(const Progress& progress) {
  const Certificate& certificate = progress.certificate;
  const std::string row = right(std::to_string(progress.epoch), 5) +
                          right(decimals(progress.seconds, 3), 10) +
                          right(digits(certificate.objective, 10), 17) +
                          right(digits(certificate.relative_gap, 3), 15) +
                          right(with_commas(certificate.nonzeros), 12) + "\n";
  std::fputs(row.c_str(), stderr);
}

void ProgressTable::finish() {
  if (terminal_ && begun_) {
    std::fputs(take_bar_away, stderr);
  }
  if (left_out_) {
    show(*left_out_);
  }
  if (begun_) {
    std::fputs("\n", stderr);
  }
}

CsvTrace::CsvTrace(const std::string& path)
    : path_(path), file_(path == "-" ? stdout : std::fopen(path.c_str(), "we")) {
  if (file_ == nullptr) {
    throw std::system_error(errno, std::generic_category(), path_);
  }
  write("epoch,seconds,updates,objective,relative_gap,nonzero_coefficients,dual_objective\n");
}

CsvTrace::~CsvTrace() {
  if (file_ != stdout) {
    std::fclose(file_);
  }
}

Trace::Verdict CsvTrace::epoch(const Progress& progress) {
  const Certificate& certificate = progress.certificate;
  write(std::to_string(progress.epoch) + "," + shortest(progress.seconds) + "," +
        std::to_string(progress.updates) + "," + shortest(certificate.objective) + "," +
        shortest(certificate.relative_gap) + "," + std::to_string(certificate.nonzeros) + "," +
        (std::isfinite(certificate.dual_objective) ? shortest(certificate.dual_objective) : "") +
        "\n");
  return Verdict::go_on;
}

void CsvTrace::write(const std::string& text) {
  if (std::fputs(text.c_str(), file_) < 0 || std::fflush(file_) != 0) {
    throw std::system_error(errno, std::generic_category(), path_);
  }
}

}  // namespace sounder::cli
