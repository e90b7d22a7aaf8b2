// sounder: lock-free multicore solvers for sparse linear models.
#include <sounder/datasets/file_format.hpp>
#include <sounder/datasets/parse_error.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "command_line.hpp"

namespace sounder::cli {
namespace {

struct Command {
  std::string_view name;
  std::string_view arguments;
  std::string_view summary;
  Exit (*run)(Words);
};

constexpr std::array commands = {
    Command{"train", "DATA [MODEL]", "fit a linear model to a LIBSVM file", run_train},
    Command{"path", "DATA [MODEL]", "solutions at many strengths of the penalty; cross-validation",
            run_path},
    Command{"predict", "DATA MODEL [OUT]",
            "what a model says of each row, and how often it is right", run_predict},
    Command{"inspect", "DATA", "what the data is, and how parallel training on it can be",
            run_inspect},
    Command{"sweep", "DATA", "threads x solvers x update policies: speedup and conflicts",
            run_sweep},
    Command{"generate", "KIND OUT", "synthetic data with a known answer", run_generate},
};

std::string overview() {
  constexpr std::size_t width = 28;
  std::string text =
      "sounder trains sparse linear models (logistic regression, support vector machines, least\n"
      "squares, the lasso) on all cores without locks.\n\n"
      "usage: sounder COMMAND ...\n\n";
  for (const Command& command : commands) {
    std::string line = "  " + std::string(command.name) + " " + std::string(command.arguments);
    line.resize(width, ' ');
    text += line + std::string(command.summary) + "\n";
  }
  return text + "\nDATA is a LIBSVM file, plain or packed (" +
         std::string(detail::unpacked_formats) +
         "), or - for standard input.\n"
         "sounder COMMAND --help tells more; sounder --version says which one this is.\n\n"
         "Two lines to start with:\n"
         "  sounder train a9a a9a.model\n"
         "  sounder predict a9a.t a9a.model predictions.txt\n";
}

int complain(const std::string& sentence, Exit code) {
  std::fputs((sentence + "\n").c_str(), stderr);
  return static_cast<int>(code);
}

int run(const Command& command, Words words) {
  try {
    return static_cast<int>(command.run(words));
  } catch (const UsageError& error) {
    return complain("sounder: " + std::string(error.what()) + "; see sounder " +
                        std::string(command.name) + " --help",
                    Exit::usage);
  } catch (const InputError& error) {
    return complain(error.what(), Exit::bad_input);
  } catch (const std::bad_alloc&) {
    return complain("sounder: out of memory", Exit::bad_input);
  } catch (const std::exception& error) {
    return complain("sounder: " + std::string(error.what()), Exit::bad_input);
  }
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) {
    return complain(overview(), Exit::usage);
  }
  const std::string& name = words.front();
  if (name == "--help" || name == "-h" || name == "help") {
    std::fputs(overview().c_str(), stdout);
    return 0;
  }
  if (name == "--version") {
    std::fputs("sounder " SOUNDER_PROGRAM_VERSION "\n", stdout);
    return 0;
  }
  for (const Command& command : commands) {
    if (command.name == name) {
      return run(command, Words(words).subspan(1));
    }
  }
  return complain("sounder: there is no command '" + name + "'; see sounder --help", Exit::usage);
}

}  // namespace
}  // namespace sounder::cli

int main(int argc, char** argv) {
  // If the reader closes the pipe (`sounder predict ... | head`), the program ends silently.
  std::signal(SIGPIPE, SIG_DFL);
  const std::vector<std::string> words(argv + 1, argv + argc);
  const int code = sounder::cli::run(words);
  return std::fflush(stdout) == 0 ? code : static_cast<int>(sounder::cli::Exit::bad_input);
}
