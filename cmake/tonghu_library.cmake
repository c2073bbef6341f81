# tonghu_library(NAME SOURCES ... DEPS ... [TESTS ...] [SERVER_TESTS ...])
# One capability below libs/ (or a service's own library): target tonghu_<NAME>.
# TESTS need no server and run in `ctest -L unit`; SERVER_TESTS start real PostgreSQL, NATS or Redis (`-L server`).
function(tonghu_library NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;TESTS;TEST_DEPS;SERVER_TESTS" ${ARGN})
  set(target tonghu_${NAME})
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${ARG_DEPS})
  tonghu_precompiled(${target})
  if(TONGHU_TESTS)
    if(ARG_TESTS)
      tonghu_test(${target}_test LABEL unit SOURCES ${ARG_TESTS} DEPS ${target} ${ARG_TEST_DEPS})
    endif()
    if(ARG_SERVER_TESTS)
      tonghu_test(${target}_server_test LABEL server SOURCES ${ARG_SERVER_TESTS} DEPS ${target} ${ARG_TEST_DEPS}
                  tonghu_harness)
    endif()
  endif()
endfunction()

# tonghu_test(TARGET LABEL unit|server|system|fault SOURCES ... DEPS ...): one GoogleTest program, one ctest entry a test case.
function(tonghu_test TARGET)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS" ${ARGN})
  include(GoogleTest)
  add_executable(${TARGET} ${ARG_SOURCES})
  target_include_directories(${TARGET} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${TARGET} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  tonghu_precompiled(${TARGET})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  gtest_discover_tests(${TARGET} DISCOVERY_MODE PRE_TEST
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
endfunction()
