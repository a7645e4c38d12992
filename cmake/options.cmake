# The compile options of every target, as one interface target: sdbtwin_options.

add_library(sdbtwin_options INTERFACE)
target_compile_features(sdbtwin_options INTERFACE cxx_std_20)
target_include_directories(sdbtwin_options INTERFACE ${PROJECT_SOURCE_DIR})

target_compile_options(
  sdbtwin_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Werror
            -Wshadow
            -Wconversion # integer time and sizes: a silent narrowing is a wrong result
            -Wno-sign-conversion # size_t against int is everywhere and says little
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wcast-qual
            -Wformat=2
            -Wundef
            -Wextra-semi
            # Designated initialisers leave out what has a default on purpose.
            -Wno-missing-field-initializers)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(
    sdbtwin_options
    INTERFACE -Wduplicated-cond
              -Wduplicated-branches
              -Wlogical-op
              -Wsuggest-override
              # In a unity build every file but the generated one counts as a header.
              -Wno-subobject-linkage
              # g++ 12 reports std::string operator+ at -O2 (GCC bug 105651).
              -Wno-restrict)
  if(SDBTWIN_SANITIZE)
    # Instrumented code and coroutine frames give g++ 12 false reports.
    target_compile_options(sdbtwin_options INTERFACE -Wno-maybe-uninitialized)
  endif()
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(sdbtwin_options INTERFACE -Winconsistent-missing-override)
endif()

if(SDBTWIN_SANITIZE)
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(sdbtwin_options INTERFACE ${sanitize})
  target_link_options(sdbtwin_options INTERFACE ${sanitize})
endif()

# lld links several times faster than GNU ld; the result is the same program.
find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  target_link_options(sdbtwin_options INTERFACE -fuse-ld=lld)
endif()
