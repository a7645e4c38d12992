# The functions every folder's CMakeLists.txt is made of.
#
#   add_component(sim_core SRCS time.h time.cpp DEPS fmt::fmt)
#       Static library (an interface library when it has headers only). Headers are listed too.
#   add_component_test(time_test.cpp DEPS sim_core rapidcheck [SRCS fake_x.h fake_x.cpp])
#       Adds the file to the folder's one gtest/gmock binary (sim/core: sim_core_test). Each TEST is
#       a ctest test, labelled by folder. TIMEOUT s replaces the usual limit of all of them.
#   add_component_bench(time_bench.cpp DEPS sim_core)
#       Google Benchmark binary named time_bench.
#   add_component_program(sdbtwin SRCS main.cpp DEPS ...)
#       Executable.
#
# Every preset but dev compiles several files as one (CMAKE_UNITY_BUILD): headers are parsed and
# templates instantiated once for up to 16 files, which makes a clean build more than twice as fast
# (docs/PERFORMANCE.md). dev compiles each file alone, so that a missing include is seen.
#
# Folders may name dependencies that are defined later; they are linked at the end of the root file.

include(GoogleTest)

# Tests are quick; the sanitizers and -O0 cost up to ten times as much.
set(SDBTWIN_TEST_TIMEOUT_S 120)
if(SDBTWIN_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(SDBTWIN_TEST_TIMEOUT_S 600)
endif()

# Remembers what `target` links; link_components() does it when every target is known.
function(record_dependencies target)
  set_property(GLOBAL APPEND PROPERTY SDBTWIN_TARGETS ${target})
  set_property(GLOBAL PROPERTY SDBTWIN_DEPS_${target} "${ARGN}")
endfunction()

function(link_components)
  get_property(targets GLOBAL PROPERTY SDBTWIN_TARGETS)
  foreach(target IN LISTS targets)
    get_property(deps GLOBAL PROPERTY SDBTWIN_DEPS_${target})
    get_target_property(type ${target} TYPE)
    set(scope PUBLIC)
    if(type STREQUAL "INTERFACE_LIBRARY")
      set(scope INTERFACE)
    endif()
    target_link_libraries(${target} ${scope} sdbtwin_options)
    foreach(dep IN LISTS deps)
      if(TARGET ${dep})
        target_link_libraries(${target} ${scope} ${dep})
      else()
        message(FATAL_ERROR "${target}: unknown dependency ${dep}")
      endif()
    endforeach()
  endforeach()
endfunction()

function(add_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  set(compiled ${arg_SRCS})
  list(FILTER compiled INCLUDE REGEX "\\.cpp$")
  if(compiled)
    add_library(${name} STATIC ${arg_SRCS})
  else()
    add_library(${name} INTERFACE ${arg_SRCS})
  endif()
  record_dependencies(${name} ${arg_DEPS})
endfunction()

function(add_component_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  add_executable(${name} ${arg_SRCS})
  record_dependencies(${name} ${arg_DEPS} sdbtwin_allocator)
endfunction()

function(add_component_test file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SRCS;DEPS")
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR}
             OUTPUT_VARIABLE folder)
  string(REPLACE "/" "_" name "${folder}_test")
  if(NOT TARGET ${name})
    add_executable(${name})
    # Test code need not be fast to run, but it is a third of the build.
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    record_dependencies(${name} GTest::gmock GTest::gtest GTest::gmock_main)
    if(NOT arg_TIMEOUT)
      set(arg_TIMEOUT ${SDBTWIN_TEST_TIMEOUT_S})
    endif()
    # Tests run at the root of the tree, so that they name data files as the documentation does.
    gtest_discover_tests(
      ${name}
      DISCOVERY_MODE PRE_TEST
      NO_PRETTY_VALUES
      TEST_PREFIX "${folder}/"
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS ${folder})
  endif()
  target_sources(${name} PRIVATE ${file} ${arg_SRCS})
  set_property(GLOBAL APPEND PROPERTY SDBTWIN_DEPS_${name} ${arg_DEPS})
endfunction()

function(add_component_bench file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  cmake_path(GET file STEM name)
  add_executable(${name} ${file} ${arg_SRCS})
  record_dependencies(${name} ${arg_DEPS} sdbtwin_allocator benchmark::benchmark
                      benchmark::benchmark_main)
endfunction()
