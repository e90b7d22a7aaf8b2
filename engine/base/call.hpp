// Call: a reference to a callable.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace sounder {

/// A reference to something that can be called: a function that takes one is compiled once, not
/// once for every callable. The callable must outlive it, so a temporary may only be passed as an
/// argument. A call costs an indirect jump; nothing is copied. As thread-safe as the callable.
template <class Signature>
class Call;

/// Call for functions of these arguments; see above.
template <class Value, class... Arguments>
class Call<Value(Arguments...)> {
 public:
  /// A reference to the callable. O(1).
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): the requirement keeps copies away
  template <class Callable>
  requires(!std::same_as<std::remove_cvref_t<Callable>, Call>) Call(Callable&& callable)
  noexcept
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_(&call<std::remove_reference_t<Callable>>) {}

  /// Calls the callable.
  Value operator()(Arguments... arguments) const {
    return call_(callable_, std::forward<Arguments>(arguments)...);
  }

 private:
  template <class Callable>
  static Value call(void* address, Arguments... arguments) {
    return (*static_cast<Callable*>(address))(std::forward<Arguments>(arguments)...);
  }

  void* callable_;
  Value (*call_)(void*, Arguments...);
};

}  // namespace sounder
