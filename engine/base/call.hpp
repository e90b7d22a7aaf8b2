// A callable by address.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace sounder {

/// A view of something that can be called, so that what calls it is compiled once and not once a
/// callable. The callable is somebody else's, who keeps it alive: a temporary serves as an argument
/// of a function, not beyond. Calls cost an indirect jump; copies nothing. As thread-safe as the
/// callable.
template <class Signature>
class Call;

/// The one for functions of these arguments; see above.
template <class Value, class... Arguments>
class Call<Value(Arguments...)> {
 public:
  /// A view of it. O(1).
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): the requirement keeps copies away
  template <class Callable>
  requires(!std::same_as<std::remove_cvref_t<Callable>, Call>) Call(Callable&& callable)
  noexcept
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_(&call<std::remove_reference_t<Callable>>) {}

  /// Calls it.
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
