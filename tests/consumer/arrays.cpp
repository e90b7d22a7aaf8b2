// What a user without files writes. `arrays THREADS` asks every kind of solver for two threads, and
// expects that THREADS worked.
#include <sounder/sounder.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int /*argc*/, char** argv) {
  const auto matrix = sounder::CsrMatrix::adopt(std::vector<sounder::Offset>{0, 2, 3, 5, 6},
                                                std::vector<sounder::Index>{0, 2, 1, 0, 1, 2},
                                                std::vector<float>{1, 2, 1, -1, 1, -2}, 3);
  const std::vector<double> targets{1.0, 1.0, -1.0, -1.0};
  const sounder::Problem<sounder::Logistic, sounder::L2> problem{
      .matrix = matrix, .targets = targets, .loss = {}, .penalty = {.lambda = 0.1}};

  sounder::SgdOptions by_rows;
  by_rows.threads = 2;
  by_rows.tolerance = 1e-3;
  sounder::CoordinateOptions by_columns;
  by_columns.threads = 2;
  sounder::SilentTrace trace;
  bool good = true;
  for (const sounder::Result& result :
       {sounder::hogwild(problem, by_rows, trace), sounder::cd(problem, by_columns, trace),
        sounder::shotgun(problem, by_columns, trace),
        sounder::block_cd(problem, by_columns, trace, sounder::newton_epochs)}) {
    std::printf("%s, %d threads\n", to_string(result.status).data(), result.threads);
    good =
        good && result.status == sounder::Status::converged && result.threads == std::atoi(argv[1]);
  }
  return good ? 0 : 1;
}
