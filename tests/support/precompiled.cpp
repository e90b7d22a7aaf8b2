// Empty: the compiler needs a source file for support/precompiled.hpp.
