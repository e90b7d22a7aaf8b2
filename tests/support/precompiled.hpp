// Headers that nearly every test includes, parsed once. Tests still include what they use.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <Eigen/Dense>

#include "support/catch.hpp"
