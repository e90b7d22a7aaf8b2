// Synthetic data with a known answer: `generate_text` and `generate_regression`.
//
//   sounder::TextOptions options;
//   options.rows = 100'000;
//   const auto train = sounder::generate_text(options, team);
//   options.first_row = options.rows;  // the rows that follow: same truth, never seen
//   const auto test = sounder::generate_text(options, team);
#pragma once

#include <sounder/datasets/generate_regression.hpp>
#include <sounder/datasets/generate_text.hpp>
