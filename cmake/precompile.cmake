# Compiling for the sanitizers costs mostly the reading of large headers. With ROLLOUT_PRECOMPILE
# they are read once, for every target; the product's own build never relies on it, so a source
# that forgets an include still fails.

if(ROLLOUT_PRECOMPILE)
  find_package(GTest 1.12 REQUIRED)
  # What the flags of one precompiled header must agree on.
  add_compile_options(-pthread)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cc "")
  add_library(rollout_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
  target_link_libraries(rollout_precompiled PRIVATE fmt::fmt nlohmann_json::nlohmann_json
                        GTest::gtest)
  # Without times inside, a compiler cache knows the file again.
  target_compile_options(rollout_precompiled PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(rollout_precompiled PRIVATE
    <algorithm> <deque> <expected> <filesystem> <fstream> <functional> <map> <memory> <mutex>
    <optional> <set> <sstream> <string> <thread> <variant> <vector>
    <fmt/format.h> <gtest/gtest.h> <nlohmann/json.hpp>)
endif()

# rollout_precompile(TARGET...): these use the shared header, where there is one.
function(rollout_precompile)
  if(ROLLOUT_PRECOMPILE)
    foreach(target ${ARGN})
      target_precompile_headers(${target} REUSE_FROM rollout_precompiled)
    endforeach()
  endif()
endfunction()
