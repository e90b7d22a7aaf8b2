// Cholesky factors by a team.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/base/blocked_cholesky.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// factor_cholesky() by a team: one thread calls. The same bits as without, for any number of
/// threads. O(s^3 / threads) for s of some hundred and more.
inline bool factor_cholesky(std::span<double> a, std::size_t s, double least_pivot,
                            const Team& team) {
  constexpr std::size_t enough = 160;  // below, waking the team takes longer than it saves
  if (s < enough || team.size() == 1) {
    return factor_cholesky(a, s, least_pivot);
  }
  return BlockedCholesky(a, s, least_pivot)
      .factor([&](std::size_t first, std::size_t last, Call<void(std::size_t)> work) {
        constexpr std::int64_t few = 8;  // groups of rows
        team.for_shares(
            static_cast<std::int64_t>(last - first),
            [&](Range share) {
              for (auto k = first + static_cast<std::size_t>(share.begin);
                   k < first + static_cast<std::size_t>(share.end); ++k) {
                work(k);
              }
            },
            few);
      });
}

}  // namespace sounder
