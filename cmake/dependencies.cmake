# Third-party libraries, all from Debian packages (scripts/install-deps).
# Targets to name in DEPS: fmt::fmt nlohmann_json::nlohmann_json yaml-cpp CLI11::CLI11
# spdlog::spdlog rapidcheck boost_asio benchmark::benchmark. gtest and gmock come with every test.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(benchmark REQUIRED)
find_package(Boost 1.74 REQUIRED)

# Boost.Asio without any compiled Boost library. Only sim/real and the HTTP edges may use it.
add_library(boost_asio INTERFACE)
target_link_libraries(boost_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(boost_asio INTERFACE BOOST_ASIO_NO_DEPRECATED
                                                BOOST_ERROR_CODE_HEADER_ONLY)

# Programs allocate with mimalloc: a quarter less time for a rollout (docs/PERFORMANCE.md). The
# sanitizers need their own allocator. Nothing in the source names it: what is linked in decides.
add_library(sdbtwin_allocator INTERFACE)
if(NOT SDBTWIN_SANITIZE)
  find_package(mimalloc 2.0 REQUIRED)
  target_link_libraries(sdbtwin_allocator INTERFACE mimalloc)
  target_link_options(sdbtwin_allocator INTERFACE LINKER:--no-as-needed)
endif()
