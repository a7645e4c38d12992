# The functions every folder's CMakeLists.txt is made of.
#
#   add_component(sim_core SRCS time.h time.cpp DEPS fmt::fmt)
#       Static library (an interface library when it has headers only). Headers are listed too.
#   add_component_test(time_test.cpp DEPS sim_core rapidcheck [SRCS fake_x.h fake_x.cpp])
#       gtest/gmock binary named time_test, one ctest test `time_test`, labelled by folder.
#       TIMEOUT s replaces the usual limit.
#   add_component_bench(time_bench.cpp DEPS sim_core)
#       Google Benchmark binary named time_bench; skipped when the package is missing.
#   add_component_program(sdbtwin SRCS main.cpp DEPS ...)
#       Executable.
#
# Tests have no precompiled header: it saves 1.0 s of 1.85 s for a file that includes gmock and
# 0.3 s of 1.1 s with gtest alone (g++ 12, -O2), but takes 113 MB per build and makes ccache miss.
# A test that needs no matchers includes <gtest/gtest.h> only.
#
# Folders may name dependencies that are defined later; they are linked at the end of the root file.

# gtest binaries are quick; the sanitizers and -O0 cost up to ten times as much.
set(SDBTWIN_TEST_TIMEOUT_S 120)
if(SDBTWIN_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(SDBTWIN_TEST_TIMEOUT_S 600)
endif()

# Sets ${out} to the files that exist; a missing one is an error unless in bring-up.
function(existing_sources out)
  set(found "")
  foreach(file IN LISTS ARGN)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
      list(APPEND found ${file})
    elseif(SDBTWIN_BRING_UP)
      message(STATUS "not written yet: ${CMAKE_CURRENT_SOURCE_DIR}/${file}")
      # Configure again when the file appears.
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR})
    else()
      message(FATAL_ERROR "listed but missing: ${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

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
      elseif(SDBTWIN_BRING_UP)
        message(STATUS "${target}: dependency ${dep} is not written yet")
      else()
        message(FATAL_ERROR "${target}: unknown dependency ${dep}")
      endif()
    endforeach()
  endforeach()
endfunction()

function(add_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  existing_sources(sources ${arg_SRCS})
  set(compiled ${sources})
  list(FILTER compiled INCLUDE REGEX "\\.cpp$")
  if(compiled)
    add_library(${name} STATIC ${sources})
  else()
    add_library(${name} INTERFACE ${sources})
  endif()
  record_dependencies(${name} ${arg_DEPS})
endfunction()

function(add_component_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  existing_sources(sources ${arg_SRCS})
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  record_dependencies(${name} ${arg_DEPS})
endfunction()

function(add_component_test file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SRCS;DEPS")
  existing_sources(main_source ${file})
  if(NOT main_source)
    return()
  endif()
  existing_sources(sources ${arg_SRCS})
  cmake_path(GET file STEM name)
  add_executable(${name} ${file} ${sources})
  record_dependencies(${name} ${arg_DEPS} GTest::gmock GTest::gtest GTest::gmock_main)

  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT ${SDBTWIN_TEST_TIMEOUT_S})
  endif()
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR}
             OUTPUT_VARIABLE label)
  # Tests run at the root of the tree, so that they name data files as the documentation does.
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS ${label})
endfunction()

function(add_component_bench file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS")
  existing_sources(main_source ${file})
  if(NOT benchmark_FOUND OR NOT main_source)
    return()
  endif()
  existing_sources(sources ${arg_SRCS})
  cmake_path(GET file STEM name)
  add_executable(${name} ${file} ${sources})
  record_dependencies(${name} ${arg_DEPS} benchmark::benchmark benchmark::benchmark_main)
endfunction()
