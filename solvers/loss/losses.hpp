// The table of losses: one line for each header with a loss. Names and formulas stand in the losses
// themselves. CMake reads this file to know which losses there are (squared_hinge.hpp holds
// SquaredHinge), and compiles every solver for each.
#pragma once

#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/huber.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/loss/squared_hinge.hpp>
