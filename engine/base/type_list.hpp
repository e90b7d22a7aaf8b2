// Lists of types that are found by name.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace sounder {

/// A list of types, each with a static `name`.
template <class... Types>
struct TypeList {};

/// The names of the types.
template <class... Types>
[[nodiscard]] constexpr auto names_of(TypeList<Types...> /*list*/) {
  return std::array{Types::name...};
}

/// Calls `use(std::type_identity<T>{})` for the T on the list that has this name.
/// @throws std::invalid_argument if there is none
template <class Use, class First, class... Rest>
decltype(auto) with_type(TypeList<First, Rest...> /*list*/, std::string_view name, Use&& use) {
  if constexpr (sizeof...(Rest) > 0) {
    if (name != First::name) {
      return with_type(TypeList<Rest...>{}, name, use);
    }
  } else if (name != First::name) {
    throw std::invalid_argument("there is no '" + std::string(name) + "'");
  }
  return use(std::type_identity<First>{});
}

}  // namespace sounder
