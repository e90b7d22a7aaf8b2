// What a user writes: consumer DATA trains on a LIBSVM file and prints how it went.
#include <sounder/sounder.hpp>

#include <cstdio>

int columns_of_another_unit();

int main(int /*argc*/, char** argv) {
  const sounder::Dataset data = sounder::read_libsvm(argv[1]);
  const auto targets = sounder::binary_targets(data.labels, sounder::find_labels(data.labels));
  const sounder::Problem<sounder::Logistic, sounder::L2> problem{
      .matrix = data.matrix, .targets = targets, .loss = {}, .penalty = {.lambda = 1e-3}};

  sounder::SgdOptions options;
  options.threads = 2;
  options.tolerance = 1e-3;
  sounder::SilentTrace trace;
  const sounder::Result result = sounder::hogwild(problem, options, trace);

  std::printf("sounder %s: %s, objective %.6f, gap %.1e\n", SOUNDER_VERSION,
              to_string(result.status).data(), result.certificate.objective,
              result.certificate.relative_gap);
  return result.status == sounder::Status::converged && columns_of_another_unit() == 3 ? 0 : 1;
}
