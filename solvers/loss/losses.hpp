// The table of losses: a line for each file that has one. A loss says itself what it is called and
// what its formula is; CMake reads here which there are (squared_hinge.hpp holds SquaredHinge), and
// compiles every solver for each.
#pragma once

#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/huber.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/loss/squared_hinge.hpp>
