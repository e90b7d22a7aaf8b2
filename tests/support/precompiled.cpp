// Nothing: the compiler wants a source to go with support/precompiled.hpp.
