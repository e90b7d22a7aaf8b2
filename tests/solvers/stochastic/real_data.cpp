// Real data against reference optima that LIBLINEAR computed; needs the folder SOUNDER_DATA.
#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/solvers/model/labels.hpp>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "solvers/stochastic/hogwild_checks.hpp"
#include "support/catch.hpp"

using sounder::Dataset;
using sounder::Hinge;
using sounder::L2;
using sounder::Logistic;
using sounder::Problem;
using sounder::Result;
using sounder::SquaredHinge;

namespace {

/// F* = ||w||^2 / 2 + C sum loss at C = 1, no intercept, to ten digits (hinge: an upper bound).
struct Reference {
  std::string file;
  double logistic;
  double squared_hinge;
  double hinge;
};

const std::vector<Reference>& references() {
  static const std::vector<Reference> all{
      {"heart_scale", 98.2267995081, 121.1347244369, 96.5178617537},
      {"mushrooms", 117.6831764266, 7.2811201741, 7.5751828286},
      {"a9a", 10529.562584638, 13742.397304375, 11435.058151},
      {"w8a", 6277.362973212, 7816.169719068, 6605.079877},
      {"imdb_uni.train", 1675.9397632694, 214.6644788802, 274.3558042782}};
  return all;
}

std::optional<Dataset> read(const std::string& name) {
  const char* folder = std::getenv("SOUNDER_DATA");
  const std::filesystem::path path = std::filesystem::path(folder != nullptr ? folder : "") / name;
  if (folder == nullptr || !std::filesystem::exists(path)) {
    WARN("skipped: SOUNDER_DATA does not name a folder that holds " << name);
    return std::nullopt;
  }
  return sounder::read_libsvm(path.string());
}

/// F / F* - 1 after 20 epochs with defaults, in the scaling of C.
template <class L>
double excess_on(const Dataset& data, double reference, int threads) {
  const double n = data.matrix.rows();
  const std::vector<double> targets =
      sounder::binary_targets(data.labels, sounder::find_labels(data.labels));
  const Problem<L, L2> problem{data.matrix, targets, {}, {1.0 / n}, false, {}};
  sounder::SilentTrace trace;
  const Result result = sounder::hogwild(problem, sounder::test::with_threads(threads), trace);
  REQUIRE(result.certificate.dual_objective * n <= reference * (1.0 + 1e-6));
  return result.certificate.objective * n / reference - 1.0;
}

}  // namespace

TEST_CASE("twenty epochs come near the reference optima with 1, 2 and 4 threads", "[slow]") {
  for (const Reference& reference : references()) {
    const std::optional<Dataset> data = read(reference.file);
    if (!data) {
      continue;
    }
    const bool judged_by_hinges =
        reference.file == "heart_scale" || reference.file == "a9a" || reference.file == "w8a";
    for (const int threads : {1, 2, 4}) {
      CAPTURE(reference.file, threads);
      const double logistic = excess_on<Logistic>(*data, reference.logistic, threads);
      REQUIRE(logistic >= -1e-6);
      REQUIRE(logistic <= 1e-3);
      if (judged_by_hinges) {
        const double squared_hinge =
            excess_on<SquaredHinge>(*data, reference.squared_hinge, threads);
        REQUIRE(squared_hinge >= -1e-6);
        REQUIRE(squared_hinge <= 1e-2);
        const double hinge = excess_on<Hinge>(*data, reference.hinge, threads);
        REQUIRE(hinge <= 1e-2);
      }
    }
  }
}
