// SPDX-License-Identifier: Apache-2.0
// How a call went wrong, in the terms in which a caller decides what to do next.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "daemon/core/model/instant.h"

namespace rollout {

enum class FailureKind {
  transient,        ///< Nothing happened; the same call may succeed later.
  throttled,        ///< The rate limit; wait `retry_after`.
  refused,          ///< A definite no; repeating it without a change is pointless.
  not_found,        ///< The thing is not there.
  unauthorized,     ///< The token is refused or lacks a permission.
  unknown_outcome,  ///< A write may or may not have happened. Look before doing anything else.
  invalid,          ///< The answer or the input makes no sense; it must not be acted on.
  local,            ///< This host: disk, memory, configuration.
};

/// One failure. Never holds a token, a secret or module content.
struct Failure {
  FailureKind kind = FailureKind::local;
  std::string during{};  ///< What was being done: `list versions of shop-api`.
  std::string detail{};  ///< One sentence: what went wrong and where it applies, what to do.
  int code = 0;          ///< Cloudflare's error code, 0 for none.
  int http_status = 0;   ///< 0 where there was no answer.
  std::string documentation_url{};  ///< As Cloudflare gave it.
  std::string pointer{};            ///< `source.pointer`: the field of the request that is meant.
  std::string cf_ray{};             ///< For Cloudflare's support.
  std::optional<Millis> retry_after = std::nullopt;

  /// `list versions of shop-api: the answer is no JSON (HTTP 502, ray 8c1)`.
  std::string sentence() const;
};

std::string_view to_string(FailureKind kind);

template <class T>
using Result = std::expected<T, Failure>;

}  // namespace rollout

#define ROLLOUT_JOIN_(a, b) a##b
#define ROLLOUT_JOIN(a, b) ROLLOUT_JOIN_(a, b)

/// Returns the failure of `expr` to the caller, if there is one.
#define TRY(expr)                              \
  if (auto try_outcome = (expr); !try_outcome) \
  return std::unexpected(std::move(try_outcome).error())

/// Assigns the value of `expr` to `target` (which may be a declaration), or returns its failure.
#define TRY_ASSIGN(target, expr)                                                     \
  auto ROLLOUT_JOIN(try_outcome_, __LINE__) = (expr);                                \
  if (!ROLLOUT_JOIN(try_outcome_, __LINE__))                                         \
    return std::unexpected(std::move(ROLLOUT_JOIN(try_outcome_, __LINE__)).error()); \
  target = std::move(*ROLLOUT_JOIN(try_outcome_, __LINE__))
