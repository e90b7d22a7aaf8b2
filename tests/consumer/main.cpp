// What a user writes: consumer DATA [FORMAT...] trains on a LIBSVM file, by a solver and then in
// one call, and prints how it went. FORMATs are the packed formats, except gzip, that must be read.
#include <sounder/sounder.hpp>

#include <cstdio>

int columns_of_another_unit();
bool reads_just_these(int count, char** formats);

int main(int argc, char** argv) {
  const sounder::Dataset data = sounder::read_libsvm(argv[1]);
  const auto targets = sounder::binary_targets(data.labels, sounder::find_labels(data.labels));
  const sounder::Problem<sounder::Logistic, sounder::L2> problem{
      .matrix = data.matrix, .targets = targets, .loss = {}, .penalty = {.lambda = 1e-3}};

  sounder::SgdOptions options;
  options.threads = 2;
  options.tolerance = 1e-3;
  sounder::SilentTrace trace;
  const sounder::Result result = sounder::hogwild(problem, options, trace);

  const sounder::Fit fit =
      sounder::fit(data.matrix, data.labels, {.penalty = {.lambda = 1e-3}, .threads = 2});
  const auto labels = sounder::predictions(fit.model, data.matrix, sounder::Team(2));
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    right += labels[i] == data.labels[i] ? 1 : 0;
  }

  std::printf("sounder %s: %s, objective %.6f, gap %.1e; in one call %s, %zu of %zu labels right\n",
              SOUNDER_VERSION, to_string(result.status).data(), result.certificate.objective,
              result.certificate.relative_gap, to_string(fit.result.status).data(), right,
              labels.size());
  const bool converged = result.status == sounder::Status::converged &&
                         fit.result.status == sounder::Status::converged;
  return converged && 4 * right > 3 * labels.size() && columns_of_another_unit() == 3 &&
                 reads_just_these(argc - 2, argv + 2)
             ? 0
             : 1;
}
