// How threads wait for each other.
#pragma once

namespace sounder::cli {

/// Starts the program anew with OpenMP's threads told to fall asleep after some microseconds of
/// busy waiting, unless the environment (GOMP_SPINCOUNT, OMP_WAIT_POLICY) says how to wait.
///
/// By default they wait busily for milliseconds. While another program uses one of the cores, a
/// thread that waits keeps the one that it waits for from running: two threads are then several
/// times slower than one. libgomp reads its settings before main, hence the new start, once. Under
/// valgrind, which would not follow, and on failure nothing happens.
void sleep_while_waiting(char** arguments);

}  // namespace sounder::cli
