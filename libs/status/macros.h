// Passing errors on: a function goes on where a step succeeded and returns the step's error where it failed.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// RETURN_IF_ERROR(Store(row)): evaluates an expression of type absl::Status once and, unless it is OK,
// returns it from the function, which gives an absl::Status or absl::StatusOr.
#define RETURN_IF_ERROR(...)                                               \
  do {                                                                     \
    if (absl::Status tonghu_status = (__VA_ARGS__); !tonghu_status.ok()) { \
      return tonghu_status;                                                \
    }                                                                      \
  } while (false)

// ASSIGN_OR_RETURN(auto row, Load(key)): evaluates an expression of type absl::StatusOr once and, unless it
// is OK, returns its status; else moves its value into `target`, a declaration or a variable. Two statements:
// not for a branch without braces.
#define ASSIGN_OR_RETURN(target, ...) \
  TONGHU_ASSIGN_OR_RETURN_(TONGHU_STATUS_NAME_(tonghu_result_, __LINE__), target, __VA_ARGS__)

#define TONGHU_ASSIGN_OR_RETURN_(result, target, ...)  \
  auto result = (__VA_ARGS__);                         \
  if (!result.ok()) return std::move(result).status(); \
  target = *std::move(result)
#define TONGHU_STATUS_NAME_(name, line) TONGHU_STATUS_JOIN_(name, line)
#define TONGHU_STATUS_JOIN_(name, line) name##line
