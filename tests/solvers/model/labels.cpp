#include <sounder/solvers/model/labels.hpp>

#include "support/catch.hpp"

using sounder::binary_targets;
using sounder::find_labels;
using sounder::LabelError;
using sounder::LabelKind;
using sounder::one_against_rest;

namespace {

using Labels = std::vector<double>;

std::string description(const Labels& labels) {
  return describe(find_labels(labels));
}

Labels targets(const Labels& labels) {
  return binary_targets(labels, find_labels(labels));
}

}  // namespace

TEST_CASE("of two labels the larger is +1, in whatever order they come", "[labels]") {
  REQUIRE(targets({1, -1, 1}) == Labels{1, -1, 1});
  REQUIRE(targets({-1, -1, 1}) == Labels{-1, -1, 1});
  REQUIRE(targets({0, 1, 1}) == Labels{-1, 1, 1});
  REQUIRE(targets({1, 0, 1}) == Labels{1, -1, 1});
  REQUIRE(targets({2, 1, 2}) == Labels{1, -1, 1});
  REQUIRE(targets({1, 2, 2}) == Labels{-1, 1, 1});
  REQUIRE(targets({5, -3}) == Labels{1, -1});
  REQUIRE(targets({-3, 5}) == Labels{-1, 1});
  REQUIRE(targets({0.5, 7.25}) == Labels{-1, 1});
  REQUIRE(find_labels(Labels{-3, 5}).positive() == 5);
  REQUIRE(description({2, 1, 2}) == "labels 2 -> +1, 1 -> -1");
  REQUIRE(description({1, 2, 2}) == "labels 2 -> +1, 1 -> -1");
  REQUIRE(description({-1, 1}) == "labels 1 -> +1, -1 -> -1");
}

TEST_CASE("classes stand as in LIBLINEAR: as they appear, but -1, +1 swapped", "[labels]") {
  REQUIRE(find_labels(Labels{-1, 1}).classes == Labels{1, -1});
  REQUIRE(find_labels(Labels{1, -1}).classes == Labels{1, -1});
  REQUIRE(find_labels(Labels{-2, 2}).classes == Labels{-2, 2});
  REQUIRE(find_labels(Labels{-1, 2}).classes == Labels{-1, 2});
  REQUIRE(find_labels(Labels{0, 1}).classes == Labels{0, 1});
  REQUIRE(find_labels(Labels{2, 1}).classes == Labels{2, 1});
}

TEST_CASE("rows of weight 0 do not tell what labels there are", "[labels]") {
  const Labels labels{3, 2, 1, 2, 1, 3, 0.5};
  const auto mapping = find_labels(labels, Labels{0, 0, 1, 2, 1, 0, 0});
  REQUIRE(mapping.kind == LabelKind::binary);
  REQUIRE(mapping.classes == Labels{2, 1});  // by their first rows, of whatever weight
  REQUIRE(mapping.weightless == Labels{3, 0.5});
  REQUIRE(describe(mapping) == "labels 2 -> +1, 1 -> -1 (3, 0.5 on rows of weight 0 only)");
  REQUIRE(binary_targets(labels, mapping) == Labels{-1, 1, -1, 1, -1, -1, -1});
  REQUIRE(find_labels(labels, Labels{1, 0, 0, 0, 0, 0, 1}).kind == LabelKind::binary);
  REQUIRE(find_labels(labels, Labels{1, 1, 0, 0, 0, 0, 1}).kind == LabelKind::real);
  REQUIRE(find_labels(labels, Labels{1, 1, 1, 0, 0, 0, 0}).kind == LabelKind::classes);

  const Labels two{1, -1, 1, -1};
  const auto single = find_labels(two, Labels{1, 0, 2, 0});
  REQUIRE(single.kind == LabelKind::single);
  REQUIRE_THROWS_WITH(binary_targets(two, single),
                      "classification needs two classes, but the data has one label only: 1 (-1 on "
                      "rows of weight 0 only)");
  REQUIRE(find_labels(two, Labels{0, 0, 0, 0}).classes.empty());
}

TEST_CASE("several classes keep the order of their first appearance", "[labels]") {
  const auto mapping = find_labels(Labels{3, 1, 1, 2, 3});
  REQUIRE(mapping.kind == LabelKind::classes);
  REQUIRE(mapping.classes == Labels{3, 1, 2});
  REQUIRE(description({3, 1, 1, 2, 3}) == "3 classes: 3, 1, 2");
}

TEST_CASE("more than two values that are not whole, or very many, are real numbers", "[labels]") {
  REQUIRE(find_labels(Labels{0.5, 1, 2}).kind == LabelKind::real);
  REQUIRE(find_labels(Labels{1, 2, 0.25}).kind == LabelKind::real);
  REQUIRE(find_labels(Labels{1, 2, 0.25}).classes.empty());
  Labels years;
  for (int k = 0; k < 1000; ++k) {
    years.push_back(1000 - k);
  }
  REQUIRE(find_labels(years).kind == LabelKind::classes);
  years.push_back(5000);
  REQUIRE(find_labels(years).kind == LabelKind::real);
  REQUIRE(description({0.5, 1, 2}) == "labels are real numbers");
}

TEST_CASE("labels that do not suit a classification say what would", "[labels]") {
  REQUIRE_THROWS_WITH(targets({4, 4}),
                      "classification needs two classes, but the data has one "
                      "label only: 4");
  REQUIRE_THROWS_WITH(targets({1, 2, 3}), Catch::Contains("3 classes: 1, 2, 3; set one of them") &&
                                              Catch::Contains("squared loss"));
  REQUIRE_THROWS_WITH(targets({0.5, 2, 3}),
                      Catch::Contains("real numbers") && Catch::Contains("squared loss"));
  REQUIRE_THROWS_AS(targets({}), LabelError);
}

TEST_CASE("one class against the rest", "[labels]") {
  REQUIRE(one_against_rest(Labels{3, 1, 2, 3}, 3) == Labels{1, -1, -1, 1});
  REQUIRE(one_against_rest(Labels{0.5, 1.5, 2.5}, 1.5) == Labels{-1, 1, -1});
  REQUIRE_THROWS_WITH(one_against_rest(Labels{3, 1, 2}, 4),
                      Catch::Contains("no row has the label 4") && Catch::Contains("3, 1, 2"));
  REQUIRE_THROWS_WITH(one_against_rest(Labels{3, 3}, 3), Catch::Contains("every row has"));
}

TEST_CASE("one class against the rest, each with a row that weighs", "[labels]") {
  const Labels labels{3, 1, 2, 3};
  REQUIRE(one_against_rest(labels, 3, Labels{0, 0, 1, 1}) == Labels{1, -1, -1, 1});
  REQUIRE_THROWS_WITH(
      one_against_rest(labels, 3, Labels{0, 1, 1, 0}),
      "no row of a weight above 0 has the label 3: the data has labels 2 -> +1, 1 -> -1 (3 on rows "
      "of weight 0 only); name one of several labels");
  REQUIRE_THROWS_WITH(one_against_rest(labels, 3, Labels{1, 0, 0, 1}),
                      Catch::Contains("every row of a weight above 0 has the label 3") &&
                          Catch::Contains("(1, 2 on rows of weight 0 only)"));
}
